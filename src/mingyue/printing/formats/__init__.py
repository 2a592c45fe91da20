"""Files in and files out: each format has its reader, its writer, or both, in one file of its name."""
