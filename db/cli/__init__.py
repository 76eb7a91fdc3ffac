"""The command line: `python -m db …`. Each command imports what it needs when it runs, so that `--help` is instant."""
