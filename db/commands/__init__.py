"""Writes: one function, one act of a user; checks the right, validates, journals; one transaction."""
