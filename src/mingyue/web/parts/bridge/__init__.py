"""The one way from parts to the engine `mingyue.printing`: plain values and files in, plain values and files out.

`bridge.engine` is run as a process of its own, see parts/child.py; it knows no Django. `bridge.fitting` and `bridge.masks`
are quick, and are called where pages are served.
"""
