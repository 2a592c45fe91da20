"""What exposes and what cures: machines, resins, how long is exposed, and how their numbers are measured."""
