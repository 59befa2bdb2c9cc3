"""What a comparison rests on: origin of the input, calibration, administration, settings and assumptions."""

from __future__ import annotations

from collections import Counter

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.rows import STATUSES
from bekostiging.evaluation import Comparison, figures
from bekostiging.report.comparison.contracts import regime_table
from bekostiging.report.kit.origin import assumptions
from bekostiging.report.kit.sections import Section, Table
from bekostiging.report.kit.self_check import check_sentence, written_check
from bekostiging.report.kit.texts import Texts

ORIGINS = {
    "municipality": ("begroting", "offers", "contracts", "demand", "risk_factors"),
    "clients": ("demand", "history", "risk_factors"),
    "providers": ("providers", "offers", "contracts"),
    "waiting": ("contracts", "care_forms", "waiting"),
    "lumpsum": ("policy", "layers", "providers", "cost_price"),
    "administration": ("administration",),
    "shocks": ("shocks",),
    "measures": ("measures",),
    "substitution": ("substitution",),
}
"""Sections of the report and the tables their figures lean on."""


def origins_told(outcome: Comparison, texts: Texts) -> dict[str, str]:
    """Where the figures of every section come from."""
    return {section: _origin_of(outcome, texts, *own) for section, own in ORIGINS.items()}


def _origin_of(outcome: Comparison, texts: Texts, *tables: str) -> str:
    """Where the rows of some tables come from, so that what is invented is marked where it is shown."""
    counted = []
    for table in tables:
        counts = Counter(row.status for row in getattr(outcome.case, table))
        if counts:
            parts = ", ".join(
                texts["statuses", status] if len(counts) == 1 else f"{counts[status]} {texts['statuses', status]}"
                for status in STATUSES
                if status in counts
            )
            counted.append(f"{texts['tables', table]}: {parts}")
    return texts["page", "origin_of"].format(told="; ".join(counted))


def origin(outcome: Comparison, texts: Texts) -> str:
    """How many rows of the case are invented, estimated, own or published."""
    counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
    for row in assumptions(outcome.case):
        counts[str(row["status"])] += int(str(row["rows"]))
    counted = [f"{count} {texts['statuses', status]}" for status, count in counts.items() if count > 0]
    return texts["page", "origin"].format(all=sum(counts.values()), told=", ".join(counted))


def evidence_sections(outcome: Comparison, texts: Texts, origin_told: str) -> list[Section]:
    """Administration, calibration and assumptions; what is not there says so or is left out."""
    said = texts.sections["page"]
    hours, regimes, resembles = (
        _administration(outcome, texts),
        regime_table(outcome, texts),
        _calibration(outcome, texts),
    )
    known = len(hours) > 1
    return [
        Section(
            said["administration"],
            () if known else (texts["units", "not_modelled"],),
            [hours, *([regimes] if regimes else [])],
            small=(f"{said['administration_note']} {origin_told}",) if known else (),
        ),
        Section(
            said["calibration"],
            tables=[resembles],
            small=(
                *((said["calibration_note"],) if len(resembles) > 1 else ()),
                check_sentence(written_check(outcome.self_check), texts),
            ),
        ),
        Section(
            said["assumptions"],
            (said["assumptions_note"],),
            [_assumptions(outcome, texts)],
            small=(_settings(outcome, texts),),
        ),
    ]


def _settings(outcome: Comparison, texts: Texts) -> str:
    """With what it was computed."""
    return texts["page", "settings"].format(
        n=texts.numbers.plain(outcome.n_scenarios),
        r=outcome.n_scramblings,
        seed=outcome.seed,
        corner=texts["corners", outcome.corner],
        discount=texts.numbers.percent(outcome.case.policy.discount_rate, 1),
    )


def _calibration(outcome: Comparison, texts: Texts) -> Table:
    """Figures of the model beside those counted."""
    page, columns = texts.sections["page"], texts.sections["columns"]
    heads = [columns["name"], page["calibration_model"], page["calibration_counted"], columns["source"]]
    rows = [heads]
    for line in outcome.calibration:
        shown = [_calibrated(texts, value, line.unit) for value in (line.modelled, line.published)]
        ratio = texts.numbers.percent(line.modelled / line.published - 1, 1)
        status = texts["statuses", line.status]
        rows.append([line.name[texts.lang], f"{shown[0]} ({ratio})", shown[1], f"{line.source} ({status})"])
    return rows


def _calibrated(texts: Texts, value: float, unit: str) -> str:
    """A calibration figure in its unit."""
    if unit == "fraction":
        return texts.numbers.percent(value, 1)
    if unit == "euro":
        return f"{texts.numbers.millions(value)} {texts['page', 'million_euro']}"
    return texts.numbers.plain(value)


def _administration(outcome: Comparison, texts: Texts) -> Table:
    """Hours and euro of every form and party."""
    hours_and_euro = (figures.HOURS, figures.EURO)
    rows = [[texts["columns", "form"], texts["columns", "party"], *(texts[one] for one in hours_and_euro)]]
    for form in shown_forms(outcome.case):
        for party, own in outcome.forms[form].administration.items():
            cells = [texts.numbers.figure(one, own[one].value) for one in hours_and_euro]
            rows.append([texts["forms", form], texts["parties", party], *cells])
    return rows


def _assumptions(outcome: Comparison, texts: Texts) -> Table:
    """Every table and source, the invented first."""
    rows = [[texts["columns", name] for name in ("status", "table", "rows", "source")]]
    for row in assumptions(outcome.case):
        status, table = texts["statuses", str(row["status"])], texts["tables", str(row["table"])]
        rows.append([status, table, str(row["rows"]), str(row["source"])])
    return rows
