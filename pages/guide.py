"""Aide: what the words mean, and how things are done."""

from components import guide

guide.show()
