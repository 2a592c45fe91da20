"""Who is here: persons, organisations, memberships with roles, invitations, keys."""
