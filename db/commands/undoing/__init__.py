"""What taking an act back is made of: what it did, what changed since, what leans on it, what is written back."""
