"""What every app stands on: blobs by digest, uploads, events that nobody can edit, and the walls between tenants."""
