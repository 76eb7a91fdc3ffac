"""Persons: who may be added to whom.

« Personnes différentes » of two sheets, two years or two territories may be the same persons: their numbers are
never added. Participations are, and the sentence says that one person may count several times.
"""

from collections.abc import Collection

from db.rules.totals import Known, known_sum
from db.rules.vocabulary import CountedPeople

SEVERAL_TIMES_FR = "une même personne peut être comptée plusieurs fois"
NEVER_ADDED_FR = "des personnes différentes ne s'additionnent pas d'une fiche, d'une année ou d'un territoire à l'autre"


def may_be_added(counted: CountedPeople | None) -> bool:
    """Whether numbers of this kind may be added up; None stands for an indicator that counts no people."""
    return counted is not CountedPeople.DISTINCT


def total_people(counted: CountedPeople, values: Collection[int | None]) -> Known | None:
    """The total over several sheets, years or territories; None for different persons, unless there is but one."""
    if len(values) > 1 and not may_be_added(counted):
        return None
    return known_sum(values)
