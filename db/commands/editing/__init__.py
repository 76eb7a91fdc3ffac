"""Editing a fiche: fields read and written as people write them, sections saved whole, and nobody overwritten."""
