"""Workbooks in and out. Kept empty: the child process that opens files imports this package."""
