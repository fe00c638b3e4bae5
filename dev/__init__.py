"""The developer toolchain: everything that `make` can do.

Standard library only: it starts on a fresh machine's own Python.
"""
