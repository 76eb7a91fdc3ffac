from hypothesis import given
from hypothesis import strategies as st

from db.rules.money import FundingLine, FundingNote, financing, line_notes, overpaid, stage_total, to_justify
from db.rules.totals import Known
from db.rules.vocabulary import FundingDecision, FundingNature, FundingStage

GRANTED, PENDING = FundingDecision.GRANTED, FundingDecision.PENDING
REFUSED, NOT_ASKED = FundingDecision.REFUSED, FundingDecision.NOT_ASKED


def line(
    line_id: int,
    decision: FundingDecision = GRANTED,
    nature: FundingNature = FundingNature.CASH,
    year: int | None = 2026,
    **amounts: int,
) -> FundingLine:
    return FundingLine(
        line_id, nature, decision, year, {FundingStage(stage): cents for stage, cents in amounts.items()}
    )


def test_a_refused_line_counts_in_what_was_asked_and_nowhere_else() -> None:
    lines = [line(1, requested=10_00, granted=8_00, spent=5_00), line(2, REFUSED, requested=4_00, granted=0, spent=0)]
    assert stage_total(lines, FundingStage.REQUESTED) == Known(14_00, 2, 2)
    assert stage_total(lines, FundingStage.GRANTED) == Known(8_00, 1, 1)
    assert stage_total(lines, FundingStage.SPENT) == Known(5_00, 1, 1)


def test_spending_is_known_for_32_lines_out_of_34_when_two_answers_are_awaited_and_one_line_refused() -> None:
    granted = [line(number, requested=2_00, granted=2_00, spent=1_00) for number in range(32)]
    others = [line(40, PENDING, requested=7_00), line(41, PENDING, requested=18_00), line(42, REFUSED, requested=6_00)]
    assert stage_total(granted + others, FundingStage.SPENT) == Known(32_00, 32, 34)


def test_cash_and_in_kind_are_never_added() -> None:
    lines = [line(1, granted=10_00), line(2, nature=FundingNature.IN_KIND, granted=3_00)]
    assert stage_total(lines, FundingStage.GRANTED).total == 10_00
    assert stage_total(lines, FundingStage.GRANTED, FundingNature.IN_KIND).total == 3_00
    assert financing(lines, 20_00).secured.total == 10_00


def test_a_total_may_be_of_one_year() -> None:
    lines = [line(1, year=2025, granted=1_00), line(2, year=2026, granted=2_00), line(3, year=None, granted=4_00)]
    assert stage_total(lines, FundingStage.GRANTED, year=2026).total == 2_00
    assert stage_total(lines, FundingStage.GRANTED).total == 7_00


def test_a_line_shared_by_two_plans_counts_once() -> None:
    shared = line(1, granted=10_00)
    assert stage_total([shared, shared], FundingStage.GRANTED) == Known(10_00, 1, 1)


def test_what_a_plan_foresees_is_neither_asked_nor_granted() -> None:
    lines = [line(1, NOT_ASKED, planned=50_00), line(2, requested=10_00, granted=10_00)]
    assert stage_total(lines, FundingStage.PLANNED) == Known(50_00, 1, 1)
    assert stage_total(lines, FundingStage.REQUESTED) == Known(10_00, 1, 1)
    assert financing(lines, 100_00).to_find == 90_00


def test_the_need_is_what_is_secured_awaited_and_to_be_found() -> None:
    lines = [line(1, requested=12_00, granted=10_00), line(2, PENDING, requested=18_00)]
    result = financing(lines, 40_00)
    assert (result.secured.total, result.awaiting.total, result.to_find, result.surplus) == (10_00, 18_00, 12_00, 0)


def test_a_refusal_moves_its_amount_to_what_is_to_be_found() -> None:
    before = financing([line(1, PENDING, requested=18_00)], 18_00)
    after = financing([line(1, REFUSED, requested=18_00)], 18_00)
    assert (before.to_find, after.to_find) == (0, 18_00)
    assert after.refused.total == 18_00


def test_nothing_is_to_be_found_without_a_need() -> None:
    result = financing([line(1, granted=10_00)], None)
    assert (result.need, result.to_find, result.surplus) == (None, None, None)
    assert result.secured.total == 10_00


def test_more_than_the_need_is_a_surplus_and_not_a_negative_amount_to_find() -> None:
    result = financing([line(1, granted=30_00)], 20_00)
    assert (result.to_find, result.surplus) == (0, 10_00)


def test_an_unknown_amount_makes_what_is_to_be_found_uncertain() -> None:
    assert not financing([line(1)], 20_00).is_certain
    assert financing([line(1, granted=5_00)], 20_00).is_certain


def test_reste_a_justifier_is_said_only_after_the_due_date_and_from_known_amounts() -> None:
    assert to_justify(10_00, 6_00, is_due=True) == 4_00
    assert to_justify(10_00, 6_00, is_due=False) is None
    assert to_justify(10_00, None, is_due=True) is None
    assert to_justify(None, 6_00, is_due=True) is None


def test_the_overpayment_of_an_abandoned_sheet_is_what_was_paid_and_not_spent() -> None:
    assert overpaid(3000_00, 700_00, is_due=True) == 2300_00
    assert overpaid(3000_00, 700_00, is_due=False) is None
    assert overpaid(None, 700_00, is_due=True) is None
    assert overpaid(3000_00, None, is_due=True) is None


def test_spending_more_than_was_paid_is_an_advance_and_no_overpayment() -> None:
    assert overpaid(7250_00, 10_100_00, is_due=True) == 0
    advance = line(1, contracted=14_500_00, paid=7250_00, spent=10_100_00)
    assert line_notes(advance, follows_contracts=True) == (FundingNote.SPENT_OVER_PAID,)


def test_spending_more_than_the_convention_is_noted() -> None:
    overrun = line(1, contracted=31_000_00, paid=31_200_00, spent=31_200_00)
    assert line_notes(overrun, follows_contracts=True) == (FundingNote.SPENT_OVER_CONTRACTED,)


def test_spending_exactly_what_was_agreed_and_paid_is_not_noted() -> None:
    exact = line(1, contracted=31_000_00, paid=31_000_00, spent=31_000_00)
    assert line_notes(exact, follows_contracts=True) == ()


def test_spending_before_the_convention_is_noted_only_where_conventions_are_recorded() -> None:
    early = line(1, granted=5000_00, spent=1300_00)
    assert line_notes(early, follows_contracts=True) == (FundingNote.SPENT_BEFORE_CONTRACT,)
    assert line_notes(early, follows_contracts=False) == ()


def test_nothing_is_noted_where_nothing_was_spent() -> None:
    assert line_notes(line(1, granted=5000_00, spent=0), follows_contracts=True) == ()
    assert line_notes(line(1, granted=5000_00), follows_contracts=True) == ()


amounts = st.none() | st.integers(min_value=0, max_value=10**9)
lines = st.lists(
    st.builds(
        lambda decision, nature, requested, granted: (decision, nature, requested, granted),
        st.sampled_from(FundingDecision),
        st.sampled_from(FundingNature),
        amounts,
        amounts,
    ),
    max_size=8,
).map(
    lambda rows: [
        line(number, decision, nature, **{k: v for k, v in (("requested", asked), ("granted", given)) if v is not None})
        for number, (decision, nature, asked, given) in enumerate(rows)
    ]
)


@given(lines, st.integers(min_value=0, max_value=10**10))
def test_the_two_sides_of_a_financing_plan_always_agree(drawn: list[FundingLine], need: int) -> None:
    result = financing(drawn, need)
    assert result.to_find is not None and result.surplus is not None
    assert need + result.surplus == (result.secured.total or 0) + (result.awaiting.total or 0) + result.to_find
    assert 0 in (result.to_find, result.surplus)


@given(lines, st.sampled_from(FundingStage))
def test_in_kind_lines_never_move_a_total_of_cash(drawn: list[FundingLine], stage: FundingStage) -> None:
    cash = [item for item in drawn if item.nature is FundingNature.CASH]
    assert stage_total(drawn, stage) == stage_total(cash, stage)
