"""Arrays in, arrays out: `reference` is clear and slow, `fast` is compiled; one law suite holds both."""
