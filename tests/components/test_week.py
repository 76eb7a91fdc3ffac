import pytest

from components.week import sentence
from db.rules.week import Due, Listed, Silent, Week


def a_week(overdue: int = 0, coming: int = 0, silent: int = 0, plans: int = 1) -> Week:
    due: dict[str, Listed[Due]] = {"overdue": Listed((), overdue), "coming": Listed((), coming)}
    waiting: Listed[Silent] = Listed((), silent)
    return Week(plans=plans, **due, silent=waiting)


@pytest.mark.parametrize(
    ("week", "drafts", "said"),
    [
        (a_week(), 0, "**Rien ne vous attend**."),
        (a_week(plans=3), 0, "**Rien ne vous attend** dans vos trois démarches."),
        (a_week(coming=1), 0, "**Une échéance vient dans les quinze jours**."),
        (a_week(coming=2), 0, "**Deux échéances viennent dans les quinze jours**."),
        (a_week(overdue=2, coming=1), 0, "**Deux échéances sont passées et une vient dans les quinze jours**."),
        (
            a_week(overdue=1, coming=12, silent=3, plans=2),
            1,
            "**Une échéance est passée, 12 viennent dans les quinze jours, trois fiches attendent des nouvelles et un "
            "formulaire est resté ouvert** dans vos deux démarches.",
        ),
    ],
)
def test_the_week_in_one_sentence(week: Week, drafts: int, said: str) -> None:
    assert sentence(week, drafts) == said
