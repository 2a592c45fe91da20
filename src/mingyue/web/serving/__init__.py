"""Database, worker and web server, started and stopped together."""
