"""`python -m db audit`: what is weak in this installation, and what to do about each thing."""

import json
from argparse import Namespace
from dataclasses import asdict

from db.audit import weaknesses
from db.cli.upkeep import existing_database
from db.models.base import now_utc
from db.settings import settings

MARKS = {True: "À reprendre", False: "À améliorer"}


def audit(args: Namespace) -> int:
    """Say what is weak; 1 when something is."""
    found = weaknesses(existing_database(), settings(), now_utc())
    if args.json:
        told = [asdict(weakness) for weakness in found]
        print(json.dumps({"ok": not found, "weaknesses": told}, ensure_ascii=False))
        return 1 if found else 0
    for weakness in found:
        print(f"{MARKS[weakness.is_grave]} : {weakness.found}\n  → {weakness.todo}")
    print(f"{len(found)} point(s) à reprendre ou à améliorer." if found else "Rien de faible n'a été trouvé.")
    return 1 if found else 0
