"""What is wrong with a surface, and making it right."""
