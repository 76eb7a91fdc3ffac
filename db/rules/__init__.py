"""The pure arithmetic of the field: no I/O, no clock, nothing of the project above it."""
