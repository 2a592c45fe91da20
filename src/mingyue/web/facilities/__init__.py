"""Technologies opened as shared services: facilities, their machines, hours, downtime and service classes."""
