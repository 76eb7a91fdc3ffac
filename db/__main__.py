"""`python -m db …`: init, demo, import, export, check, backup, restore."""

import sys
from argparse import Namespace
from collections.abc import Sequence

from db.cli.arguments import parser
from db.errors import BaliseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (see `db.cli.arguments.CODES`)."""
    args = parser().parse_args(arguments)
    try:
        return _run(args)
    except BaliseError as problem:
        print(problem.message, file=sys.stderr)
        return 1


def _run(args: Namespace) -> int:
    if args.command in ("import", "export"):
        from db.exchange.command import export_file, import_file

        return import_file(args) if args.command == "import" else export_file(args)
    from db.cli import upkeep

    commands = {
        "init": upkeep.init,
        "demo": upkeep.demo,
        "check": upkeep.check,
        "backup": upkeep.backup,
        "restore": upkeep.restore,
    }
    return commands[args.command](args)


if __name__ == "__main__":
    sys.exit(main())
