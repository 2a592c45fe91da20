"""The virtual print: light, dose, what gels, and how sure that is."""
