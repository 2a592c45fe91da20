"""Orders over HTTP: what programs send and read."""
