"""Editing a fiche on its own page: one section at a time, in the place where it is read."""
