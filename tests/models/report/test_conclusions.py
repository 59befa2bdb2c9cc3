"""What a page concludes and the table it stands on are one value: limits, requirement, alternatives, amounts by part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.begroting_parts import compared_parts
from bekostiging.evaluation.figures import CVAR95, EXPECTED
from bekostiging.lumpsum import Conflict, Limit
from bekostiging.report import presented
from bekostiging.report.comparison.answers import dearer_tail, term
from bekostiging.report.kit.begroting_parts import begroting_parts_section
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import certainty_sentence
from bekostiging.report.lumpsum.limits import checks_table, requirements_table
from bekostiging.report.lumpsum.others import alternatives_table
from bekostiging.report.lumpsum.yields import gathered
from bekostiging.studies import LumpSumStudy
from bekostiging_solvers import Estimate

NL = Texts("nl")
PARTS = 3
"""Tables of the amounts by part: taakvelden, lots, and the way from contract budgets."""


def _number(cell: str) -> int:
    """Thousands of euro as printed in Dutch; an empty cell adds nothing."""
    return int(cell.replace(".", "").replace("−", "-").replace("+", "")) if cell else 0


def test_lots_and_taakvelden_add_up_to_the_total_and_quantiles_do_not(outcome: Comparison) -> None:
    """Expected amounts to the cent; the amount of the total is that of the budget table, never the sum of the parts."""
    whole = outcome.budget(LUMP_SUM).lines[TOTAL]
    found = compared_parts(outcome, LUMP_SUM)
    for parts in (found.lots, found.taakvelden):
        for period, line in whole.items():
            assert sum(own[period].expected.value for own in parts.values()) == pytest.approx(
                line.expected.value, abs=0.01
            )
        assert sum(own[TERM].certain.value for own in parts.values()) >= whole[TERM].certain.value


def test_a_lot_of_two_taakvelden_is_divided_by_what_its_care_costs(outcome: Comparison) -> None:
    """By hand from units and tariffs of the cells: a lot whose two care forms get taakvelden of their own."""
    case = outcome.case
    lot = next(place for place, row in enumerate(case.lots) if len(row.care_forms) > 1)
    forms = tuple(row.model_copy(update={"iv3": row.id}) for row in case.care_forms)
    parts = compared_parts(replace(outcome, case=replace(case, care_forms=forms)), LUMP_SUM)
    cells, year = outcome.cells, str(outcome.years[0])
    value = {code: {form: 0.0 for form in case.lots[lot].care_forms} for code in case.reported_codes}
    for cell in np.flatnonzero(cells.lot == lot):
        if cells.municipality[cell] in case.reported:
            own = value[case.municipalities[cells.municipality[cell]].code]
            own[cells.care_form_ids[cells.care_form[cell]]] += float(
                outcome.reference.units[0, cell] * outcome.reference.tariff[cell]
            )
    for code, own in value.items():
        paid = {form: parts.municipal[code][form][year] for form in own}
        for form, worth in own.items():
            assert paid[form] == pytest.approx(sum(paid.values()) * worth / sum(own.values()), rel=1e-9)
    for form in case.lots[lot].care_forms:
        together = sum(parts.municipal[code][form][year] for code in value)
        assert parts.taakvelden[form][year].expected.value == pytest.approx(together, rel=1e-9)
    whole = sum(parts.taakvelden[form][year].expected.value for form in case.lots[lot].care_forms)
    assert whole == pytest.approx(parts.lots[case.lots[lot].id][year].expected.value, rel=1e-9)


def test_the_way_from_contract_budgets_ends_in_what_is_expected(outcome: Comparison) -> None:
    parts = compared_parts(outcome, LUMP_SUM)
    lots, found = parts.lots, parts.way
    assert found
    for lot, way in found.items():
        assert way.budget + way.settlement + way.elsewhere == pytest.approx(way.expected, abs=0.01)
        assert way.expected == pytest.approx(lots[lot][TERM].expected.value, abs=0.01)


def test_printed_parts_add_up_to_the_thousand(outcome: Comparison) -> None:
    parts, whole = compared_parts(outcome, LUMP_SUM), outcome.budget(LUMP_SUM).lines[TOTAL]
    tables = begroting_parts_section(outcome.case, parts, whole, NL).tables
    assert len(tables) == PARTS
    for table in tables[:2]:
        *parts, total = table[1:]
        for column in range(1, len(total)):
            assert sum(_number(row[column]) for row in parts) == _number(total[column])
    for row in tables[2][1:]:
        assert sum(_number(cell) for cell in row[1:-1]) == _number(row[-1])


def _with(outcome: Comparison, form: str, **values: float) -> Comparison:
    """Figures of a form over the term."""
    own = outcome.forms[form]
    figures = {EXPECTED: values["expected"], CVAR95: values["worst"]}
    changed = own.municipalities[TOTAL][TERM] | {name: Estimate(value, None) for name, value in figures.items()}
    total = own.municipalities[TOTAL] | {TERM: changed}
    forms = dict(outcome.forms) | {form: replace(own, municipalities={**own.municipalities, TOTAL: total})}
    return replace(outcome, forms=forms)


@pytest.mark.parametrize(
    ("expected", "worst", "said"),
    [
        # 114 against 110 in the worst scenarios: 1 without setbacks, so 3 by them
        (
            101e6,
            114e6,
            ("4,0 miljoen euro meer dan inspanningsgericht", "kost het 1,0 miljoen", "komt er 3,0 miljoen bij"),
        ),
        # all of it without setbacks
        (104e6, 114e6, ("4,0 miljoen euro meer", "kost het 4,0 miljoen")),
        # 6 without setbacks, of which setbacks take 2 away
        (106e6, 114e6, ("4,0 miljoen euro meer", "kost het 6,0 miljoen", "juist 2,0 miljoen minder")),
    ],
)
def test_a_lump_sum_that_is_dearer_in_the_worst_scenarios_says_why(
    outcome: Comparison, expected: float, worst: float, said: tuple[str, ...]
) -> None:
    plain = _with(outcome, "inspanningsgericht", expected=100e6, worst=110e6)
    told = dearer_tail(_with(plain, "taakgericht", expected=expected, worst=worst), NL)
    for words in said:
        assert words in told
    assert told.count("Door tegenvallers") + told.count("tegenvallers zelf") == (
        "bij" in said[-1] or "minder" in said[-1]
    )
    assert dearer_tail(_with(plain, "taakgericht", expected=100e6, worst=109e6), NL) == ""
    assert term(plain, "inspanningsgericht", CVAR95).value == 110e6


def test_limits_that_are_said_to_hold_are_those_the_table_leaves_out(lumpsum_study: LumpSumStudy) -> None:
    """The number in the sentence, the checks of the results and the rows of the table."""
    judged, names = lumpsum_study.lumpsum.headline, names_of(lumpsum_study.case, "nl")
    told = certainty_sentence(judged, NL, names)
    held, every = sum(check.holds for check in judged.checks), len(judged.checks)
    said = f"Van de {every} grenzen houden er {held} " if held < every else f"Elk van de {every} grenzen houdt "
    assert told.startswith(said)
    listed = {row[0] for row in checks_table(judged.checks, NL, names)[1:]}
    assert {NL.limit(check.limit, names) for check in judged.checks if not check.holds} <= listed


def test_the_least_requirement_of_the_page_is_that_of_the_results(lumpsum_study: LumpSumStudy) -> None:
    rows = requirements_table(lumpsum_study.lumpsum, NL, names_of(lumpsum_study.case, "nl"))[1:]
    for row, one in zip(rows, lumpsum_study.lumpsum.requirements, strict=True):
        least = one.found.requirement
        assert row[1] == (NL["page", "not_possible"] if least is None else NL.numbers.percent(least, 1))


def test_who_gains_and_loses_most_by_an_alternative_is_so_in_its_results(lumpsum_study: LumpSumStudy) -> None:
    rows, names = alternatives_table(lumpsum_study, NL), names_of(lumpsum_study.case, "nl")
    data = lumpsum_study.lumpsum.data
    for row, one in zip(rows[1:], lumpsum_study.alternatives, strict=True):
        gains = {names[who]: own.value for who, own in zip(data.providers, one.result, strict=True)}
        gains |= {names[who]: -own.value for who, own in zip(data.municipalities, one.spending, strict=True)}
        for cell, end in ((row[3], max(gains.values())), (row[4], min(gains.values()))):
            who = next((name for name in sorted(gains, key=len, reverse=True) if cell.startswith(name)), None)
            assert (who is None) == (abs(end) < 1)
            if who is not None:
                assert gains[who] == pytest.approx(end, abs=0.01)


def test_the_lump_sum_alone_has_the_same_parts(lumpsum_study: LumpSumStudy) -> None:
    """Lots and taakvelden add up to its own budget table, and the way of every lot ends in what is expected of it."""
    parts, budget = lumpsum_study.parts, lumpsum_study.budget
    assert parts is not None
    assert budget is not None
    whole = budget.lines[TOTAL]
    for own in (parts.lots, parts.taakvelden):
        for period, line in whole.items():
            told = sum(one[period].expected.value for one in own.values())
            assert told == pytest.approx(line.expected.value, abs=0.01)
    for lot, way in parts.way.items():
        assert way.budget + way.settlement + way.elsewhere == pytest.approx(
            parts.lots[lot][TERM].expected.value, abs=0.01
        )
    page = presented(lumpsum_study, "nl").page()
    assert NL["budget", "parts_title"].format(form="taakgericht") in page


def test_begroot_stands_beside_a_taakveld_that_is_the_only_one_of_its_law(outcome: Comparison) -> None:
    """By hand from table begroting; what is not known by taakveld is a line of its own."""
    case, parts = outcome.case, compared_parts(outcome, LUMP_SUM)
    bought = {form for lot in case.lots for form in lot.care_forms}
    laws = {row.iv3: row.law for row in case.care_forms if row.id in bought}
    alone = [name for name, law in laws.items() if list(laws.values()).count(law) == 1]
    assert list(parts.begroot) == alone
    assert 0 < len(alone) < len(laws)
    for name in alone:
        rows = [
            row
            for row in case.begroting
            if row.law == laws[name] and row.year in outcome.years and row.municipality in case.reported_codes
        ]
        assert parts.begroot[name] == pytest.approx(sum(row.amount - row.outside_contracts for row in rows))
    whole = outcome.budget(LUMP_SUM).lines[TOTAL]
    shown = begroting_parts_section(case, parts, whole, NL).tables[0]
    (rest,) = [row for row in shown if row[0] == NL["budget", "not_by_taakveld"]]
    assert _number(rest[-2]) == round(whole[TERM].headroom / 1000) - sum(
        round(parts.begroot[name] / 1000) for name in alone
    )


def test_limits_on_one_begroting_are_told_as_one_and_nothing_is_left_out_but_nothing() -> None:
    found = gathered(
        [Conflict(Limit("begroting", ("0034", str(year))), 1e6) for year in (2028, 2029, 2030)]
        + [Conflict(Limit("begroting", ("0050", "2029")), 4.0), Conflict(Limit("solvency", ("Anker",)), 2e5)]
    )
    assert [(one.words(NL, {"0034": "Almere"}), one.euro) for one in found] == [
        ("begroting van Almere in 2028–2030", 3e6),
        ("buffer van Anker", 2e5),
    ]
    only = gathered([Conflict(Limit("begroting", ("0034", "jeugdwet", "2029")), 4.0)])
    assert [one.words(NL, {"0034": "Almere"}) for one in only] == ["begroting Jeugdwet van Almere in 2029"]
