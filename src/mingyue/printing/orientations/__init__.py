"""How a part may lie on the platform: candidates over the sphere, what each costs, and the few worth a look."""
