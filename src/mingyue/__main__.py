"""`python -m mingyue` is `mingyue`."""

from mingyue.cli import main

main()
