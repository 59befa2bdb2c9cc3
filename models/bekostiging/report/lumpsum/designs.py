"""Designs in tables: their terms per lot, and the designs side by side."""

from __future__ import annotations

import numpy as np

from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation.results import LumpSumResult
from bekostiging.lumpsum import LumpSumData, LumpSumDesign, free_zone
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import HALF, certain, years_text
from bekostiging.report.lumpsum.terms import Names
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate

Table = list[list[str]]


def terms_table(data: LumpSumData, design: LumpSumDesign, texts: Texts, names: Names) -> Table:
    """Per lot: loading, free zone and share on either side, budget of the first year and of the term."""
    heads = ("lot", "form", "loading", "free_zone", "shared_deficit", "shared_surplus")
    rows = [
        [
            *(texts["columns" if name in ("lot", "loading", "form") else "agreement", name] for name in heads),
            texts["agreement", "budget_of"].format(year=data.years[0]),
            texts["agreement", "budget_of"].format(year=years_text(data)),
        ]
    ]
    for j, lot in enumerate(data.lots):
        form = data.forms[design.form[j]]
        own = np.flatnonzero(data.lot == j)
        if form != LUMP_SUM:
            rows.append([names[lot.name], texts["forms", form], *[UNKNOWN] * 6])
            continue
        rows.append(
            [
                names[lot.name],
                texts["forms", form],
                texts.numbers.percent(float(design.loading[j]), 2),
                _zone(lot_zone(data, design, j), texts),
                *(_shares(data, design, j, sign, texts) for sign in (1.0, -1.0)),
                texts.numbers.millions(float(design.budget[own, 0].sum()), 2),
                texts.numbers.millions(float(design.budget[own].sum()), 2),
            ]
        )
    return rows


def lot_zone(data: LumpSumData, design: LumpSumDesign, lot: int) -> tuple[float, float]:
    """Free zone of a lot on the side of deficits and of surpluses."""
    own = data.lots[lot]
    return free_zone(own, design.share[lot]), free_zone(own, design.share[lot], -1.0)


def _zone(zones: tuple[float, float], texts: Texts) -> str:
    """A free zone in words; both sides where they differ."""
    sides = [texts["agreement", "whole"] if np.isinf(zone) else texts.numbers.percent(zone, 1) for zone in zones]
    return sides[0] if sides[0] == sides[1] else f"+{sides[0]} / {'-' if sides[1][0].isdigit() else ''}{sides[1]}"


def _shares(data: LumpSumData, design: LumpSumDesign, lot: int, sign: float, texts: Texts) -> str:
    """Share of the municipality beyond the free zone on a side; several from the reference outward."""
    corridor = data.lots[lot].corridor
    own = [float(value) for value in design.share[lot][corridor.sign == sign]]
    distinct = list(dict.fromkeys(round(value, 6) for value in own if value > 0))
    return " / ".join(texts.numbers.percent(value, 1) for value in distinct) or texts.numbers.percent(0.0)


def designs_table(result: LumpSumResult, texts: Texts, names: Names) -> Table:
    """Headline design, sampled optimum and free terms side by side: spending, certainty, who gains and who loses."""
    shown = [("headline", result.headline)]
    if result.plain is not result.headline:
        shown.append(("plain", result.plain))
    if result.free is not None:
        shown.append(("free", result.free))
    numbers, data = texts.numbers, result.data
    rows = [["", *(texts["agreement", name] for name, _ in shown)]]

    def row(words: str, cells: list[str]) -> None:
        """One line."""
        rows.append([words, *cells])

    def estimates(values: list[Estimate | None]) -> list[str]:
        """Amounts with their error."""
        return [numbers.estimated_millions(value) for value in values]

    row(texts["agreement", "expected_spending"], estimates([one.expected for _, one in shown]))
    row(texts["agreement", "tail_spending"].format(worst=numbers.percent(1 - data.confidence)),
        estimates([one.tail for _, one in shown]))  # fmt: skip
    budgets = [numbers.millions(float(one.design.budget.sum()), 3) for _, one in shown]
    row(texts["agreement", "budget_of"].format(year=years_text(data)), budgets)
    row(texts["agreement", "joint"], [_joint(one.joint_certainty or 0.0, texts) for _, one in shown])
    if len(data.municipalities) > 1:
        for m, code in enumerate(data.municipalities):
            row(
                texts["agreement", "spending_of"].format(name=names[code]),
                estimates([one.spending[m] for _, one in shown]),
            )
    for p, provider in enumerate(data.providers):
        if (data.provider == p).any():
            row(
                texts["agreement", "result_of"].format(name=names[provider]),
                estimates([one.result[p] for _, one in shown]),
            )
    return rows


def designs_note(result: LumpSumResult, texts: Texts) -> str:
    """What the columns of that table are, as far as they are there."""
    text_key: str = result.outcome
    if text_key == "breached" and (result.margin is None or result.margin.design is None):
        text_key += "_plain"
    keys = [f"designs_note_{text_key}"]
    keys += ["designs_note_plain"] if result.plain is not result.headline else []
    keys += ["designs_note_free"] if result.free is not None else []
    return " ".join(texts["agreement", key] for key in (*keys, "designs_note"))


def _joint(joint: float, texts: Texts) -> str:
    """How certain it is that all limits hold together; below a half the bound says nothing."""
    return texts["agreement", "not_shown"] if joint < HALF else certain(joint, texts)


def design_in_short(data: LumpSumData, design: LumpSumDesign, lot: int, texts: Texts) -> str:
    """Loading, free zone and share of one lot: ``1,2 % | 3,0 % | 80 %``."""
    return " | ".join(
        (
            texts.numbers.percent(float(design.loading[lot]), 1),
            _zone(lot_zone(data, design, lot), texts),
            _shares(data, design, lot, 1.0, texts),
        )
    )


def both_millions(both: tuple[Estimate | None, Estimate | None] | None, texts: Texts) -> str:
    """Expected and tail spending in millions with their sign; a dash where nothing is known."""
    if both is None or both[0] is None or both[1] is None:
        return UNKNOWN
    return " | ".join(signed(one.value, texts) for one in both if one is not None)


def signed(euro: float, texts: Texts) -> str:
    """A difference in millions, with its sign and two decimals; nothing has none."""
    size = texts.numbers.millions(euro, 2)
    return f"+{size}" if round(euro / MILLION, 2) > 0 else size
