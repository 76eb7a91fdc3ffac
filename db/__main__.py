"""`python -m db …`: init, demo, import, export, invite, check, backup, restore, pack, adopt, person, audit."""

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
    except Exception as problem:
        from db.failures import told_of

        if (told := told_of(problem)) is None:
            raise
        print(told.message, file=sys.stderr)
        return 1


def _run(args: Namespace) -> int:
    if args.command in ("import", "export"):
        from db.exchange.command import export_file, import_file

        return import_file(args) if args.command == "import" else export_file(args)
    from db.cli import auditing, carrying, inviting, privacy, saving, upkeep

    commands = {
        "init": upkeep.init,
        "demo": upkeep.demo,
        "check": upkeep.check,
        "invite": inviting.invite,
        "backup": saving.backup,
        "restore": saving.restore,
        "pack": carrying.pack,
        "adopt": carrying.adopt,
        "person": privacy.person,
        "audit": auditing.audit,
    }
    return commands[args.command](args)


if __name__ == "__main__":
    sys.exit(main())
