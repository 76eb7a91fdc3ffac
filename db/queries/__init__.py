"""Reads: one function, one question; each takes a session and a `Viewer` and gives dataclasses or a frame."""
