"""Papers: for whom they are, what may not be in them, and that every sum in them closes.

Expected amounts are taken from the settled scenarios themselves (``samples``), not from what the papers are made of.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from accessible import barriers, words_of
from docx import Document
from plain_language import odd_pieces
from typer.testing import CliRunner

from bekostiging.case import UserError
from bekostiging.case.tables import PAYMENT_FORMS, Policy
from bekostiging.cli import app
from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import TOTAL, Comparison
from bekostiging.lumpsum import decided_payment
from bekostiging.report import PapersAsked, papers_of_result, write_papers
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.paragraphs import Block, Drawing, Grid, Heading, Points
from bekostiging.report.kit.texts import Texts
from bekostiging.report.papers.basis import Basis
from bekostiging.report.papers.board import BoardProposal
from bekostiging.report.papers.change import largest_remainder
from bekostiging.report.papers.contract import contract_paper
from bekostiging.report.papers.council import CouncilProposal
from bekostiging.report.papers.executive import ExecutiveAdvice
from bekostiging.report.papers.fan import BudgetFan
from bekostiging.report.papers.grounds import Grounds
from bekostiging.report.papers.kept import PAPERS_KEPT
from bekostiging.report.papers.secret import SecretAnnex
from bekostiging.report.papers.write import council_files, kept_papers
from bekostiging.studies import LumpSumStudy
from bekostiging_solvers import Estimate

NL, EN = Texts("nl"), Texts("en")


@pytest.fixture(scope="module")
def basis(outcome: Comparison) -> Basis:
    return Basis.of(outcome, NL)


def _public(basis: Basis) -> dict[str, list[Block]]:
    councils = {code: CouncilProposal(basis, code).blocks() for code in basis.case.reported_codes}
    region = {"college": ExecutiveAdvice(basis), "grounds": Grounds(basis), "board": BoardProposal(basis)}
    contract = {"contract": contract_paper(basis)} if basis.lump_sum and basis.texts.lang == "nl" else {}
    return councils | {name: paper.blocks() for name, paper in region.items()} | contract


def _grids(blocks: Sequence[Block]) -> list[Grid]:
    return [one for one in blocks if isinstance(one, Grid)]


def _number(cell: str) -> float:
    """A Dutch number of a table; nothing is zero."""
    text = cell.replace("\u2212", "-").replace("+", "").replace("\u00a0%", "").replace(".", "").replace(",", ".")
    return float(text) if text.strip() not in ("", "\u2013") else 0.0


def _column(grid: Grid, column: int, rows: slice) -> list[float]:
    return [_number(row[column]) for row in grid.rows[rows]]


# -- what may be in a paper, and what may not ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", [*PAYMENT_FORMS, ""])
@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_a_public_paper_tells_of_no_provider(outcome: Comparison, texts: Texts, form: str) -> None:
    """Neither name or number, nor an amount of one contract, however it is written."""
    named = tuple(
        row.model_copy(update={"name": f"Zorggroep Kwartel {k}", "name_en": ""})
        for k, row in enumerate(outcome.case.providers, 1)
    )
    basis = Basis.of(replace(outcome, case=replace(outcome.case, providers=named)), texts, form)
    assert "Zorggroep Kwartel 1" in " ".join(words_of(SecretAnnex(basis).blocks()))
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    amounts = [float(x) for table in (data.reference, design.budget) for x in np.asarray(table).ravel()]
    told = {texts.numbers.plain(x) for x in amounts} | {texts.numbers.millions(x, 3) for x in amounts}
    names = {word for row in named for word in (row.id, row.name)}
    for paper, blocks in _public(basis).items():
        words = list(words_of(blocks))
        assert not [text for text in words for name in names if name.lower() in text.lower()], paper
        assert not told & set(words), paper


def test_the_secret_annex_has_what_the_others_have_not(basis: Basis) -> None:
    words = " ".join(words_of(SecretAnnex(basis).blocks()))
    assert all(row.name in words for row in basis.case.providers)
    assert "Gemeentewet art. 87" in basis.about("secret", "x", NL["secret", "mark"]).mark


def test_a_council_decides_on_frames_begroting_and_cover(basis: Basis) -> None:
    """Its decision and the draft of it are the same points, and no lot, provider or contract is in them."""
    proposal = CouncilProposal(basis, basis.case.reported_codes[0])
    numbered = [one for one in proposal.blocks() if isinstance(one, Points) and one.numbered]
    assert list(numbered[0].items) == proposal.decisions() == list(numbered[-1].items)
    assert proposal.decisions()[0].startswith("De financiële kaders")
    told = " ".join(proposal.decisions()).replace(basis.care, "")
    assert not [row.name for row in (*basis.case.lots, *basis.case.providers) if row.name in told]


@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_papers_speak_as_people_do(outcome: Comparison, texts: Texts) -> None:
    for form in PAYMENT_FORMS:
        basis = Basis.of(outcome, texts, form)
        blocks = [*_public(basis).values(), SecretAnnex(basis).blocks()]
        page = "".join(f"<p>{html.escape(text)}</p>" for own in blocks for text in words_of(own))
        assert odd_pieces(page, outcome.case, texts.lang) == []
        assert "{" not in page


def test_headings_and_columns_have_names(outcome: Comparison) -> None:
    for texts in (NL, EN):
        basis = Basis.of(outcome, texts)
        for paper, blocks in {**_public(basis), "secret": SecretAnnex(basis).blocks()}.items():
            assert all(one.text.strip() for one in blocks if isinstance(one, Heading)), paper
            for grid in _grids(blocks):
                assert all(head.strip() for head in grid.rows[0]), (paper, grid.caption)
                assert {len(row) for row in grid.rows} == {len(grid.rows[0])}, (paper, grid.caption)
            captions = [grid.caption.split(".")[0] for grid in _grids(blocks)]
            assert len(set(captions)) == len(captions), (paper, captions)


# -- amounts -------------------------------------------------------------------------------------------------------------


def test_the_budget_table_is_the_mean_of_the_scenarios_and_closes(basis: Basis, outcome: Comparison) -> None:
    paid = outcome.forms[LUMP_SUM].samples[outcome.corner].municipal[..., outcome.case.reported]
    for m, code in enumerate(outcome.case.reported_codes):
        table = _grids(CouncilProposal(basis, code).blocks())[0]
        n = outcome.n_years
        assert _column(table, 1, slice(1, 1 + n)) == [round(float(x) / 1000) for x in paid[:, :, m].mean(axis=0)]
        assert _column(table, 3, slice(1, 1 + n)) == [round(float(x) / 1000) for x in outcome.headroom[:, m]]
        total = next(r for r in table.totals if table.rows[r][0] == basis.term)
        for column in range(1, 5):
            assert (
                sum(_column(table, column, slice(1, total))) == _column(table, column, slice(total, total + 1))[0]
            )
        for row in table.rows[1 : 1 + n]:
            assert _number(row[3]) - _number(row[1]) == pytest.approx(_number(row[4]), abs=1)
        labels = {NL["budget", name]: name for name in ("outside", "programme")}
        outside, programme = (row for row in table.rows if row[0] in labels)
        assert _number(outside[3]) + _number(table.rows[total][3]) == pytest.approx(_number(programme[3]), abs=1)


def test_the_decision_tells_the_amounts_of_the_table(basis: Basis) -> None:
    """Millions with one decimal of the same value that the table has in thousands."""
    for code in basis.case.reported_codes:
        proposal = CouncilProposal(basis, code)
        told = re.findall(r"(\d+,\d) ?(?:miljoen euro )?in \d{4}", proposal.decisions()[0])
        table = _grids(proposal.blocks())[0]
        shown = [_number(row[1]) for row in table.rows[1 : 1 + len(basis.years)]]
        assert [float(one.replace(",", ".")) for one in told] == pytest.approx(
            [x / 1000 for x in shown], abs=0.0506
        )


def test_the_change_of_the_begroting_closes(basis: Basis) -> None:
    """Now plus the change is then, in every row; the total is that of chapter 6; taakvelden add up to the first year."""
    for code in basis.case.reported_codes:
        first, fields, *_, change = _grids(CouncilProposal(basis, code).blocks())
        for row in change.rows[1:]:
            assert _number(row[1]) + _number(row[2]) == _number(row[3])
        for column in (1, 2, 3):
            *parts, total = _column(change, column, slice(1, None))
            assert sum(parts) == total
        budget = first.rows[next(r for r in first.totals if first.rows[r][0] == basis.term)]
        assert (change.rows[-1][1], change.rows[-1][3]) == (budget[3], budget[1])
        for column in range(1, len(fields.rows[0])):
            *parts, total = _column(fields, column, slice(1, None))
            assert sum(parts) == total
        n = len(basis.years)
        assert [_number(one) for one in fields.rows[-1][1 : n + 1]] == _column(first, 1, slice(1, n + 1))
        assert fields.rows[-1][n + 1] == budget[1]
        for row in fields.rows[1:-1]:
            if row[0] not in ("afronding", "begroot, niet per taakveld"):
                assert sum(map(_number, row[1 : n + 1])) == _number(row[n + 1])


def test_taakvelden_of_councils_are_those_of_the_page(basis: Basis) -> None:
    """The page's table of all together is the sum of what the councils have, and each council's is its own spending."""
    parts = basis.parts
    for name, own in parts.taakvelden.items():
        for year in map(str, basis.years):
            councils = sum(parts.municipal[code][name][year] for code in basis.case.reported_codes)
            assert councils == pytest.approx(own[year].expected.value, rel=1e-9)
    for code in basis.case.reported_codes:
        for year in basis.years:
            whole = sum(own[str(year)] for own in parts.municipal[code].values())
            assert whole == pytest.approx(basis.line(code, year).expected.value, rel=1e-6)


def test_a_taakveld_has_what_its_care_forms_cost_the_inhabitants(basis: Basis) -> None:
    """A lot of two taakvelden, by hand: expected units of a municipality at the tariff, in proportion."""
    case, cells, terms = basis.case, basis.outcome.cells, basis.outcome.reference
    first, *others = case.lots[0].care_forms
    assert others
    fields = {first: "6.98"} | dict.fromkeys(others, "6.99")
    marked = tuple(row.model_copy(update={"iv3": fields.get(row.id, row.iv3)}) for row in case.care_forms)
    parts = Basis.of(replace(basis.outcome, case=replace(case, care_forms=marked)), NL).parts
    for m, code in enumerate(case.reported_codes):
        cost = {"6.98": 0.0, "6.99": 0.0}
        for cell in range(cells.n_cells):
            if cells.lot[cell] == 0 and cells.municipality[cell] == m:
                form = cells.care_form_ids[cells.care_form[cell]]
                cost[fields[form]] += terms.units[0, cell] * terms.tariff[cell]
        own = {name: parts.municipal[code][name][str(basis.years[0])] for name in cost}
        assert own["6.98"] / own["6.99"] == pytest.approx(cost["6.98"] / cost["6.99"])


@pytest.mark.parametrize(
    ("weights", "whole", "parts"),
    [
        ([1, 1, 1], 10, [4, 3, 3]),
        ([41, 29, 30], 10, [4, 3, 3]),
        ([0.5, 0.0], 7, [7, 0]),
        ([5], -3, [-3]),
        ([0, 0], 5, [5, 0]),
    ],
)
def test_largest_remainder(weights: list[float], whole: int, parts: list[int]) -> None:
    """Hamilton's method by hand: whole parts first, then the largest remainders."""
    assert largest_remainder([float(one) for one in weights], whole) == parts


def test_risk_is_chance_times_amount(basis: Basis) -> None:
    for code in basis.case.reported_codes:
        table = _grids(CouncilProposal(basis, code).blocks())[2]
        paid = basis.outcome.forms[LUMP_SUM].samples[basis.outcome.corner].municipal[..., basis.case.reported]
        m = basis.case.reported_codes.index(code)
        for t, row in enumerate(table.rows[1:]):
            over = np.maximum(paid[:, t, m] - basis.outcome.headroom[t, m], 0)
            assert _number(row[3]) == round(float(over.mean()) / 1000)
            assert _number(row[1]) == pytest.approx(100 * float((over > 0).mean()), abs=0.5)


def test_the_risk_that_is_told_is_the_largest_of_the_table_and_of_todays_begroting(basis: Basis) -> None:
    """No other row has a larger chance; and what the year amounts can be above the begroting once it is the estimate: the
    quantile of the settled scenarios over the term less their mean."""
    for code in basis.case.reported_codes:
        proposal = CouncilProposal(basis, code)
        table = _grids(proposal.blocks())[2]
        chances = {row[0]: _number(row[1]) for row in table.rows[1:]}
        assert chances[str(proposal.riskiest())] == max(chances.values())
        words = _text(proposal.blocks())
        told = f"De kans dat {proposal.place} in {proposal.riskiest()} meer uitgeeft dan begroot"
        assert (told in words) == any(row[2] != "\u2013" for row in table.rows[1:])
        assert ("In geen van de doorgerekende toekomsten" in words) == (told not in words)
        line = basis.line(code)
        more = basis.euro(line.certain.value - line.expected.value)
        assert f"is het over {basis.term} tot {more} meer dan dan is begroot" in words


def test_the_substantiation_points_to_its_own_table(basis: Basis) -> None:
    assert "hoofdstuk 2" not in _text(Grounds(basis).blocks())
    assert "tabel 1 laat zien waar" in _text(Grounds(basis).blocks())
    assert "zij staan in de onderbouwing, hoofdstuk 2" in _text(ExecutiveAdvice(basis).blocks())


def test_alternatives_differ_by_what_the_table_shows(basis: Basis) -> None:
    code = basis.case.reported_codes[0]
    table = _grids(CouncilProposal(basis, code).blocks())[3]
    own = next(row for row in table.rows if "voorstel" in row[0] and row is not table.rows[0])
    assert len(table.rows) - 1 == len(basis.budget.forms)
    for row in table.rows[1:]:
        assert _number(row[1]) - _number(own[1]) == pytest.approx(_number(row[3]), abs=1)


def test_contributions_add_up(basis: Basis) -> None:
    shares = BoardProposal(basis).shares()
    for column in range(1, len(shares[0])):
        *parts, total = [_number(row[column]) for row in shares[1:]]
        assert sum(parts) == total


def test_contracts_add_up_in_euro(basis: Basis) -> None:
    table = _grids(SecretAnnex(basis).blocks())[0]
    for column in range(1, len(table.rows[0])):
        *parts, total = _column(table, column, slice(1, None))
        assert sum(parts) == total
    data, design = basis.outcome.lumpsum.data, basis.outcome.lumpsum.design
    assert _column(table, 1, slice(1, -1)) == [round(float(x)) for x in data.reference[:, 0]]
    assert _column(table, 2, slice(1, -1)) == [round(float(x)) for x in design.budget[:, 0]]


def test_rows_by_origin_add_up_both_ways(basis: Basis) -> None:
    table = _grids(Grounds(basis).blocks())[0]
    for row in table.rows[1:]:
        *parts, total = map(_number, row[1:])
        assert sum(parts) == total
    for column in range(1, len(table.rows[0])):
        *parts, total = _column(table, column, slice(1, None))
        assert sum(parts) == total
    counted = basis.counted()
    assert _number(table.rows[-1][-1]) == counted["all"] == sum(n for name, n in counted.items() if name != "all")


# -- what turns a sentence -------------------------------------------------------------------------------------------------


def _text(blocks: Sequence[Block]) -> str:
    return " ".join(words_of(blocks))


def test_a_gap_asks_structural_cover(outcome: Comparison) -> None:
    code = outcome.case.reported_codes[0]
    poor = CouncilProposal(Basis.of(replace(outcome, headroom=outcome.headroom * 0.5), NL), code)
    rich = CouncilProposal(Basis.of(replace(outcome, headroom=outcome.headroom * 2.0), NL), code)
    assert "structurele dekking aan te wijzen" in " ".join(poor.decisions())
    assert "De raming is hoger dan de begroting" in _text(poor.blocks())
    assert "structurele dekking aan te wijzen" not in " ".join(rich.decisions())
    assert "is groot" in _text(rich.blocks())


def test_what_is_not_covered_is_asked_for(outcome: Comparison) -> None:
    """Exactly what is missing: the need less the stock that was named."""
    code, own = outcome.case.reported_codes[0], outcome.lumpsum
    for stock in (0.0, 1e12):
        named = replace(
            outcome, lumpsum=replace(own, data=replace(own.data, stock=np.full_like(own.data.stock, stock)))
        )
        proposal = CouncilProposal(Basis.of(named, NL), code)
        assert proposal.stock() == stock
        asked = [one for one in proposal.decisions() if "nog niet is gedekt" in one]
        short = proposal.needed() - stock >= 1000
        assert len(asked) == short
        assert ("nog niet gedekt" in _text(proposal.blocks())) == short
    assert CouncilProposal(Basis.of(outcome, NL), code).needed() > 1000  # so that one of both is asked for


def test_points_are_numbered_without_a_gap(outcome: Comparison) -> None:
    for form in PAYMENT_FORMS:
        blocks = CouncilProposal(Basis.of(outcome, NL, form), outcome.case.reported_codes[0]).blocks()
        leads = [one.lead for one in blocks if getattr(one, "lead", "").startswith("1.")]
        numbers = [int(lead.split()[0].split(".")[1]) for lead in leads]
        starts = [k for k, n in enumerate(numbers) if n == 1]
        assert len(starts) == 2
        for part in (numbers[: starts[1]], numbers[starts[1] :]):
            assert part == list(range(1, len(part) + 1))


def test_within_chance_is_told_as_the_same(basis: Basis) -> None:
    assert basis.compared(Estimate(2e5, 2e5)) == "vrijwel evenveel"
    assert basis.compared(Estimate(2e5, 5e4)) == "0,20 miljoen euro meer"
    assert basis.compared(Estimate(-3.2e6, 1e5)) == "3,2 miljoen euro minder"
    code = basis.case.reported_codes[0]
    assert basis.difference(code, basis.form).value == 0


def test_budgets_of_lots_stand_only_where_they_tell_of_nobody(outcome: Comparison) -> None:
    """The lots of the case have too few providers; with equal contracts in a lot of four or more they are shown."""
    hidden = next(
        grid for grid in _grids(ExecutiveAdvice(Basis.of(outcome, NL)).blocks()) if "perceel" in grid.caption
    )
    assert not [head for head in hidden.rows[0] if "budget" in head]
    assert "geheime bijlage" in hidden.note
    own = outcome.lumpsum
    many = np.zeros(len(own.data.contracts), dtype=own.data.lot.dtype)
    one_lot = replace(own.data, lots=own.data.lots[:1], lot=many, reference=np.ones_like(own.data.reference))
    assert len(many) >= 4
    shown = Basis.of(replace(outcome, lumpsum=replace(own, data=one_lot)), NL)
    grid = next(grid for grid in _grids(ExecutiveAdvice(shown).blocks()) if "perceel" in grid.caption)
    assert [head for head in grid.rows[0] if "budget" in head]


def test_the_form_that_is_paid_today_is_called_so(outcome: Comparison) -> None:
    today = str(outcome.case.lots[0].payment_form)
    assert {str(lot.payment_form) for lot in outcome.case.lots} == {today} == {BASELINE}
    text = _text(CouncilProposal(Basis.of(outcome, NL, today), outcome.case.reported_codes[0]).blocks())
    assert "op dezelfde manier als nu (inspanningsgericht)" in text
    assert "De manier van betalen verandert niet" in text


# -- the figure ----------------------------------------------------------------------------------------------------------


def _drawings(blocks: Sequence[Block]) -> list[Drawing]:
    return [one for one in blocks if isinstance(one, Drawing)]


def test_the_figure_draws_the_values_of_the_table(basis: Basis) -> None:
    """One figure in the proposal to a council and to a board, of the very lines beside it; its text names every number."""
    proposals = {code: CouncilProposal(basis, code).blocks() for code in basis.case.reported_codes}
    for code, blocks in {**proposals, TOTAL: BoardProposal(basis).blocks()}.items():
        (drawing,) = _drawings(blocks)
        fan, lines = drawing.drawn, [basis.line(code, year) for year in basis.years]
        assert isinstance(fan, BudgetFan)
        assert fan.expected == tuple(line.expected.value for line in lines)
        assert fan.certain == tuple(line.certain.value for line in lines)
        assert fan.begroot == tuple(line.headroom for line in lines)
        assert all(low < mid < high for low, mid, high in zip(fan.low, fan.expected, fan.certain, strict=True))
        axes = drawing.figure().axes[0]
        assert [list(line.get_ydata()) for line in axes.lines] == [
            [pytest.approx(x / 1e6) for x in fan.expected],
            [pytest.approx(x / 1e6) for x in fan.begroot],
        ]
        for year, *amounts in zip(fan.years, fan.low, fan.expected, fan.certain, fan.begroot, strict=True):
            assert all(text in drawing.alt for text in [str(year), *map(NL.numbers.millions, amounts)])
        assert drawing.caption.count(".") == 2  # of "Figuur 1." and of one sentence


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (0.5, "De raming is in 2026, 2027, 2028 en 2029 hoger dan wat is begroot."),
        (2.0, "Ook het bedrag bij"),
        (1.02, "blijft elk jaar binnen wat is begroot; het"),
    ],
)
def test_the_caption_says_what_the_figure_shows(outcome: Comparison, factor: float, told: str) -> None:
    """Short, ample, and begroot just above what is expected."""
    expected = Basis.of(outcome, NL)
    code = outcome.case.reported_codes[0]
    headroom = outcome.headroom.copy()
    headroom[:, 0] = [factor * expected.line(code, year).expected.value for year in expected.years]
    basis = Basis.of(replace(outcome, headroom=headroom), NL)
    assert told in _drawings(CouncilProposal(basis, code).blocks())[0].caption


def test_one_year_is_drawn_as_a_bar() -> None:
    """A band needs two years; of one it is as wide as the bar."""
    fan = BudgetFan("nl", (2028,), (9e6,), (10e6,), (11e6,), (12e6,), 0.8, example=True)
    axes = fan.figure().axes[0]
    assert axes.lines[0].get_xdata().tolist() == [2027.7, 2028.3]
    assert [text.get_text() for text in axes.figure.texts].count("rekenvoorbeeld") == 1


# -- a lump sum alone, and a result that is kept ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(lumpsum_study: LumpSumStudy) -> Basis:
    return Basis.of(lumpsum_study, NL)


def test_papers_of_a_lump_sum_alone_say_nothing_of_other_forms(alone: Basis) -> None:
    code = alone.case.reported_codes[0]
    text = _text(CouncilProposal(alone, code).blocks())
    assert "De andere bekostigingsvormen staan er pas naast" in text
    assert not [one for one in ("outputgericht", "inspanningsgericht") if one in text]
    advice = _text(ExecutiveAdvice(alone).blocks())
    assert "Wachttijden en signalen over recht en inkoop zijn hier niet berekend" in advice
    for blocks in (
        CouncilProposal(alone, code).blocks(),
        ExecutiveAdvice(alone).blocks(),
        Grounds(alone).blocks(),
    ):
        page = "".join(f"<p>{html.escape(one)}</p>" for one in words_of(blocks))
        assert odd_pieces(page, alone.case, "nl") == []


def test_papers_of_a_lump_sum_alone_have_its_amounts(alone: Basis, lumpsum_study: LumpSumStudy) -> None:
    """Expected spending by hand: payment of every contract times the key, on the scenarios that judge the design."""
    data, design = lumpsum_study.lumpsum.out_of_sample, lumpsum_study.lumpsum.design
    paid = decided_payment(data, design)
    for m, code in enumerate(alone.case.reported_codes):
        own = sum(paid[:, c] * data.key[:, :, j, m] for c, j in enumerate(data.lot)).mean(axis=0)
        first, fields, *_ = _grids(CouncilProposal(alone, code).blocks())
        n = len(alone.years)
        assert _column(first, 1, slice(1, 1 + n)) == [round(float(x) / 1000) for x in own]
        *parts, total = _column(fields, 1, slice(1, None))
        assert sum(parts) == total == _number(first.rows[1][1])
    table = _grids(SecretAnnex(alone).blocks())[1]
    results = lumpsum_study.lumpsum.headline.result
    assert _column(table, 2, slice(1, None)) == [round(one.value / 1e6, 2) for one in results]


def test_a_lump_sum_alone_proposes_no_other_form(lumpsum_study: LumpSumStudy, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"lumpsum computes the lump sum \(taakgericht\) alone; use compare"):
        write_papers(lumpsum_study, tmp_path, "en", PapersAsked(form=BASELINE))
    without = replace(lumpsum_study, budget=None)
    with pytest.raises(UserError, match="Without a lump sum there is nothing to propose in papers"):
        write_papers(without, tmp_path, "en")
    assert kept_papers(without, "nl") is None


def _kept(study: Comparison | LumpSumStudy, folder: Path) -> Path:
    """A result folder with nothing but what its papers say, as ``write_results`` keeps it."""
    folder.mkdir()
    papers = kept_papers(study, "nl")
    assert papers is not None
    (folder / PAPERS_KEPT).write_text(papers.text(), encoding="utf-8", newline="")
    write_manifest(folder, {})
    return folder


@pytest.mark.parametrize("what", ["compare", "lumpsum"])
def test_a_result_that_was_kept_gives_the_same_papers(
    what: str, outcome: Comparison, lumpsum_study: LumpSumStudy, tmp_path: Path
) -> None:
    """Byte for byte those that are written with the computation, and readable by everybody."""
    study = outcome if what == "compare" else lumpsum_study
    result = _kept(study, tmp_path / "result")
    (tmp_path / "direct").mkdir()
    form = BASELINE if what == "compare" else ""
    write_papers(study, tmp_path / "direct", "nl", PapersAsked(form=form))
    papers_of_result(result, tmp_path / "later", PapersAsked(form=form))
    direct = {one.name: one.read_bytes() for one in (tmp_path / "direct" / "papers").iterdir()}
    later = {one.name: one.read_bytes() for one in (tmp_path / "later").iterdir() if one.suffix == ".docx"}
    assert direct == later
    for name in later:
        assert barriers(tmp_path / "later" / name, "nl") == [], name
    with pytest.raises(UserError, match="exists; choose another"):
        papers_of_result(result, tmp_path / "later")


def test_what_is_kept_is_not_taken_when_it_was_changed(outcome: Comparison, tmp_path: Path) -> None:
    result = _kept(outcome, tmp_path / "result")
    with pytest.raises(UserError, match="this result has no papers of it; choose from"):
        papers_of_result(result, tmp_path / "later", PapersAsked(form="mix"))
    kept = result / PAPERS_KEPT
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text.replace("miljoen", "miljard"), encoding="utf-8")
    with pytest.raises(UserError, match="was changed after the result was written"):
        papers_of_result(result, tmp_path / "later")
    older = text.replace('"version": 1', '"version": 0')
    kept.write_text(older, encoding="utf-8")
    manifest = (result / "manifest.json").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest in manifest
    changed = manifest.replace(digest, hashlib.sha256(older.encode()).hexdigest())
    (result / "manifest.json").write_text(changed, encoding="utf-8")
    with pytest.raises(UserError, match="kept by another version of the program"):
        papers_of_result(result, tmp_path / "later")
    kept.unlink()
    with pytest.raises(UserError, match="keeps no papers"):
        papers_of_result(result, tmp_path / "later")
    assert not (tmp_path / "later").exists()


def test_the_commands_refuse_in_a_sentence(tmp_path: Path) -> None:
    nothing = CliRunner().invoke(app, ["papers", str(tmp_path), "--lang", "en"])
    assert nothing.exit_code == 2
    assert "keeps no papers" in " ".join(nothing.output.split())
    both = CliRunner().invoke(app, ["lumpsum", str(tmp_path / "no-case.xlsx"), "--mix", "--papers"])
    assert both.exit_code == 2
    assert "--papers gaat niet samen met --mix" in " ".join(both.output.split())


# -- files ---------------------------------------------------------------------------------------------------------------


def test_every_paper_is_written_and_can_be_read(outcome: Comparison, tmp_path: Path) -> None:
    joint = replace(
        outcome,
        case=replace(
            outcome.case,
            policy=type(outcome.case.policy)(
                (
                    *outcome.case.policy,
                    Policy(name="joint_arrangement", scope="case", value="yes", source="test", status="own_data"),
                )
            ),
        ),
    )
    assert write_papers(joint, tmp_path, "nl") == []
    files = sorted(path.name for path in (tmp_path / "papers").iterdir())
    councils = [f"{name}.docx" for name in council_files(Basis.of(outcome, NL)).values()]
    others = ["bestuursvoorstel.docx", "bijlage-geheim-aanbieders.docx", "collegeadvies.docx", "onderbouwing.docx",
              "contracttekst.docx"]  # fmt: skip
    assert files == sorted([*councils, *others])
    before = {}
    for path in (tmp_path / "papers").iterdir():
        assert barriers(path, "nl") == [], path.name
        before[path.name] = path.read_bytes()
    write_papers(joint, tmp_path, "nl")
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "papers").iterdir()}
    secret = Document(str(tmp_path / "papers" / "bijlage-geheim-aanbieders.docx"))
    assert "GEHEIM" in secret.sections[0].header.paragraphs[0].text
    (tmp_path / "en").mkdir()
    write_papers(outcome, tmp_path / "en", "en")
    english = sorted(path.name for path in (tmp_path / "en" / "papers").iterdir())
    assert not [name for name in english if name.startswith("board")]
    for name in english:  # the text of the contract is Dutch in both
        lang = "nl" if name.startswith("contract-text") else "en"
        assert barriers(tmp_path / "en" / "papers" / name, lang) == [], name


def test_a_contract_that_is_not_proved_says_so(outcome: Comparison) -> None:
    for found, said in (("designed", False), ("unproven", True), ("breached", True)):
        told = replace(outcome, lumpsum=replace(outcome.lumpsum, outcome=found))
        assert ("Nog niet te tekenen" in _text(contract_paper(Basis.of(told, NL)))) == said


def test_strange_names_are_written_as_they_are(outcome: Comparison, tmp_path: Path) -> None:
    """Signs of markup, quotes and very long names, of municipalities, lots and providers."""
    strange = ('Zorg & <Hulp> "thuis" \'s', "Een heel lange naam " * 15, "{place} %s", "Bœrn & Søn")

    def named(rows: Sequence[Any]) -> tuple[Any, ...]:
        """Rows with strange names in turn."""
        return tuple(
            row.model_copy(update={"name": f"{strange[k % 4]} {k}", "name_en": ""}) for k, row in enumerate(rows)
        )

    case = outcome.case
    renamed = replace(
        case, municipalities=named(case.municipalities), lots=named(case.lots), providers=named(case.providers)
    )
    own = replace(outcome, case=renamed)
    assert write_papers(own, tmp_path, "nl") == []
    for path in (tmp_path / "papers").iterdir():
        assert barriers(path, "nl") == [], path.name
    secret = "\n".join(
        cell.text
        for table in Document(str(tmp_path / "papers" / "bijlage-geheim-aanbieders.docx")).tables
        for row in table.rows
        for cell in row.cells[:1]
    )
    assert all(row.name.strip() in secret for row in renamed.providers)


def test_two_municipalities_of_one_name_have_two_files(outcome: Comparison) -> None:
    case = outcome.case
    alike = tuple(row.model_copy(update={"name": "Bergen"}) for row in case.municipalities)
    files = council_files(Basis.of(replace(outcome, case=replace(case, municipalities=alike)), NL))
    assert len(set(files.values())) == len(case.reported_codes) > 1
    long = tuple(row.model_copy(update={"name": "Zeer lange naam " * 30}) for row in case.municipalities)
    files = council_files(Basis.of(replace(outcome, case=replace(case, municipalities=long)), NL))
    assert len(set(files.values())) == len(case.reported_codes)
    assert max(map(len, files.values())) < 150


def test_a_wrong_wish_is_told_before_anything_is_computed(tmp_path: Path, outcome: Comparison) -> None:
    with pytest.raises(UserError, match=r"this payment form is unknown; choose from inspanningsgericht"):
        PapersAsked(form="lumpsum").check()
    with pytest.raises(UserError, match="does not exist"):
        PapersAsked(template=tmp_path / "huisstijl.docx").check()
    with pytest.raises(UserError, match="all lots are paid in the same way today"):
        write_papers(outcome, tmp_path, "nl", PapersAsked(form="mix"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--template", "weg.docx"],
            "Sjabloon weg.docx bestaat niet; noem een Word-bestand (.docx) met --template.",
        ),
        (
            ["--propose", "lumpsum"],
            "--propose lumpsum: deze bekostigingsvorm is onbekend; kies uit inspanningsgericht",
        ),
    ],
)
def test_the_command_refuses_before_it_reads_the_case(options: list[str], sentence: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["compare", str(tmp_path / "no-case.xlsx"), *options])
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_what_a_template_lacks_is_told(outcome: Comparison, tmp_path: Path) -> None:
    document = Document()
    element = document.styles["Caption"].element
    element.getparent().remove(element)
    document.save(str(tmp_path / "huisstijl.docx"))
    (note,) = write_papers(outcome, tmp_path, "nl", PapersAsked(template=tmp_path / "huisstijl.docx"))
    assert note["nl"].startswith("Stijlen die in het sjabloon ontbreken: Caption; ")
