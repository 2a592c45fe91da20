"""A prediction becomes one page for people: pictures, tables and words, in a file that needs nothing else."""
