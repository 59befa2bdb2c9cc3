"""Who waits, in words and tables: every form on its own headroom, on a common one, and with the corridor counted on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import (
    CORNER_FIGURES,
    CORNERS,
    HEADROOMS,
    TOTAL,
    WAITING_FIGURES,
    Comparison,
    Estimates,
    Headroom,
)
from bekostiging.evaluation.figures import (
    AGAINST_DUTY,
    CLIENTS_BEYOND_NORM,
    REFUSED,
    STARTS,
    WAITING_CLIENTS,
    WEEKS_BEYOND_NORM,
)
from bekostiging.report.kit.long import Cell, Row, estimated
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.texts import Texts

Table = list[list[str]]
SHOWN = 0.5
"""Clients from which on somebody is meant."""


def waiting_sentence(outcome: Comparison, texts: Texts) -> str:
    """The lump sum on the common headroom, beside the other forms, with its corridor, and against the duty to accept."""
    words, numbers = texts.sections["answers"], texts.numbers
    lump = outcome.forms[LUMP_SUM]
    own = lump.headrooms["common"][TOTAL]
    late, others = late_clients(outcome, LUMP_SUM, "common"), late_clients(outcome, BASELINE, "common")
    said = words["waiting" if late else "waiting_nobody"].format(
        clients=numbers.plain(late),
        starts=numbers.figure(STARTS, own[STARTS].value),
        late=words["late_or_refused" if own[REFUSED].value >= SHOWN else "late"],
        weeks=_weeks(own, texts),
        compared=_compared(late, others, texts),
        corridor=_with_corridor(outcome, late, texts),
    )
    breach = lump.against_duty["common"].value
    return said + (words["breach"].format(clients=numbers.plain(breach)) if breach >= SHOWN else "")


def late_clients(outcome: Comparison, form: PaymentForm, headroom: Headroom) -> int:
    """Clients who wait longer than the norm or are refused, as they are shown."""
    own = outcome.forms[form].headrooms[headroom][TOTAL]
    return round(own[CLIENTS_BEYOND_NORM].value + own[REFUSED].value)


def _compared(late: int, others: int, texts: Texts) -> str:
    """So many more or fewer than under the other forms."""
    if late == others:
        return texts["answers", "as_many"]
    return texts["answers", "more" if late > others else "fewer"].format(n=texts.numbers.plain(abs(late - others)))


def _with_corridor(outcome: Comparison, late: int, texts: Texts) -> str:
    """How many are left when the provider counts on the corridor; nothing where that is the same or nobody waits."""
    left = late_clients(outcome, LUMP_SUM, "corridor")
    if left == late:
        return ""
    return texts["answers", "with_corridor"].format(n=texts.numbers.plain(left))


def _mean_weeks(own: Estimates) -> float | None:
    """Weeks beyond the norm of a client who waits longer than it, on average; None where nobody does."""
    clients = own[CLIENTS_BEYOND_NORM].value
    return own[WEEKS_BEYOND_NORM].value / clients if clients >= SHOWN else None


def _weeks(own: Estimates, texts: Texts) -> str:
    """The same in words, empty where nobody does."""
    weeks = _mean_weeks(own)
    return "" if weeks is None else texts["answers", "weeks"].format(weeks=texts.numbers.plain(weeks, 1))


def waiting_cell(outcome: Comparison, texts: Texts, form: PaymentForm) -> str:
    """Waiting beyond the norm on the common headroom: clients, their weeks, and who is refused."""
    own, numbers = outcome.forms[form].headrooms["common"][TOTAL], texts.numbers
    cell = texts["cells", "waiting"].format(
        clients=numbers.figure(CLIENTS_BEYOND_NORM, own[CLIENTS_BEYOND_NORM]), weeks=_weeks(own, texts)
    )
    if own[REFUSED].value > 0:
        cell += texts["cells", "refused"].format(clients=numbers.figure(REFUSED, own[REFUSED]))
    return cell


def summary_note(outcome: Comparison, texts: Texts) -> str:
    """What the last column of the summary counts, and by how many weeks on average; the least and the most of the forms."""
    refused = [outcome.forms[form].headrooms["common"][TOTAL][REFUSED].value for form in shown_forms(outcome.case)]
    return _weeks_note(outcome, texts) + (
        texts["summary", "refused_note"].format(
            least=texts.numbers.plain(min(refused)), most=texts.numbers.plain(max(refused))
        )
        if max(refused) >= SHOWN
        else ""
    )


def _weeks_note(outcome: Comparison, texts: Texts) -> str:
    """The same without those who are refused."""
    weeks = [_mean_weeks(outcome.forms[form].headrooms["common"][TOTAL]) for form in shown_forms(outcome.case)]
    ends = [texts.numbers.plain(one, 1) for one in sorted(one for one in weeks if one is not None)]
    if not ends:
        return texts["summary", "waiting_note"].format(weeks="")
    name = "weeks" if ends[0] == ends[-1] else "weeks_between"
    return texts["summary", "waiting_note"].format(
        weeks=texts["summary", name].format(least=ends[0], most=ends[-1])
    )


def waiting_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """The three lines of every form, waiting per care form on the common headroom, and both corners."""
    forms = {row.id: name_in(row, texts.lang) for row in outcome.case.care_forms}
    numbers, weeks = texts.numbers, texts["page", "weeks"]
    contracted = {outcome.cells.care_form_ids[form] for form in outcome.cells.care_form[outcome.cells.lot >= 0]}
    today = "; ".join(
        f"{forms[row.care_form]} {numbers.plain(row.clients)} ({numbers.plain(row.mean_weeks)} {weeks})"
        for row in outcome.case.waiting
        if row.care_form in contracted and round(row.clients) > 0
    )
    return {
        "headrooms": _headrooms(outcome, texts),
        "waiting": _by_care_form(outcome, texts, forms),
        "corners": _corners(outcome, texts),
        "waiting_today": texts["page", "waiting_today"].format(text=today) if today else "",
    }


def _headrooms(outcome: Comparison, texts: Texts) -> Table:
    """A line per payment form and headroom: clients waiting, too long and by how many weeks, and refused."""
    numbers = texts.numbers
    shown = (WAITING_CLIENTS, CLIENTS_BEYOND_NORM)
    table = [[texts["columns", "form"], texts["columns", "headroom"], *(texts[figure] for figure in shown),
              texts["page", "mean_weeks_beyond"], texts[REFUSED], texts[AGAINST_DUTY]]]  # fmt: skip
    for form in shown_forms(outcome.case):
        result = outcome.forms[form]
        for headroom in HEADROOMS:
            own = result.headrooms[headroom][TOTAL]
            weeks = _mean_weeks(own)
            table.append(
                [
                    texts["forms", form] if headroom == HEADROOMS[0] else "",
                    texts["headrooms", headroom],
                    *(numbers.figure(figure, own[figure]) for figure in shown),
                    UNKNOWN if weeks is None else numbers.plain(weeks, 1),
                    numbers.figure(REFUSED, own[REFUSED]),
                    numbers.figure(AGAINST_DUTY, result.against_duty.get(headroom)),
                ]
            )
    return table


def _by_care_form(outcome: Comparison, texts: Texts, names: dict[str, str]) -> Table:
    """Waiting beyond the norm per care form, on the common headroom."""
    numbers, beyond = texts.numbers, texts[CLIENTS_BEYOND_NORM]
    table = [[texts["columns", "care_form"], texts[STARTS],
              *(f"{texts['forms', form]}: {beyond}" for form in shown_forms(outcome.case))]]  # fmt: skip
    by_form = {form: outcome.forms[form].headrooms["common"] for form in shown_forms(outcome.case)}
    for care_form, own in by_form[LUMP_SUM].items():
        if care_form != TOTAL:
            late = [by_form[form][care_form][CLIENTS_BEYOND_NORM] for form in shown_forms(outcome.case)]
            counts = [numbers.figure(CLIENTS_BEYOND_NORM, one) for one in late]
            table.append([names[care_form], numbers.figure(STARTS, own[STARTS]), *counts])
    return table


def _corners(outcome: Comparison, texts: Texts) -> Table:
    """Both corners in total, every form on its own headroom."""
    numbers = texts.numbers
    counts = [figure for figure in WAITING_FIGURES if figure.on_page]
    table = [[texts["columns", "form"], texts["columns", "corner"],
              *(f"{texts[figure]} ({texts['page', 'million_euro']})" for figure in CORNER_FIGURES),
              *(texts[figure] for figure in counts)]]  # fmt: skip
    for form in shown_forms(outcome.case):
        for corner in CORNERS:
            own = outcome.forms[form].corner_totals[corner]
            table.append(
                [
                    texts["forms", form] if corner == CORNERS[0] else "",
                    texts["corners_short", corner],
                    *(numbers.figure(figure, own[figure]) for figure in (*CORNER_FIGURES, *counts)),
                ]
            )
    return table


def corner_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """Waiting per care form in both corners, every form on its own headroom."""
    for form, result in outcome.forms.items():
        for corner in CORNERS:
            for care_form, estimates in result.care_forms[corner].items():
                place: dict[str, Cell] = {"form": form, "corner": texts["corners", corner], "care_form": care_form}
                yield from _rows(place, estimates)


def headroom_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """Waiting per care form and in total under every headroom; of a lump sum also refusals against the duty to accept."""
    for form, result in outcome.forms.items():
        for headroom in HEADROOMS:
            for care_form, estimates in result.headrooms[headroom].items():
                shown = texts["columns", "total"] if care_form == TOTAL else care_form
                place: dict[str, Cell] = {
                    "form": form,
                    "headroom": texts["headrooms", headroom],
                    "care_form": shown,
                }
                yield from _rows(place, estimates)
                if care_form == TOTAL and headroom in result.against_duty:
                    yield from _rows(place, {AGAINST_DUTY: result.against_duty[headroom]})


def _rows(place: dict[str, Cell], estimates: Estimates) -> Iterator[Row]:
    """A row per figure of one place."""
    for figure, estimate in estimates.items():
        yield place | estimated(figure, estimate)
