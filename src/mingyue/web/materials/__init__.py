"""What is printed with: resins, batches, and recipes whose versions never change."""
