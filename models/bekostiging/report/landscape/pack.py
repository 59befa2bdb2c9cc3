"""The information pack of a tender: the same for every bidder, under the rule of disclosure."""

from __future__ import annotations

from pathlib import Path

from bekostiging.case import public_tables
from bekostiging.case.inputs import SMALL, STEP
from bekostiging.case.rows import name_in
from bekostiging.report.kit.disclosure import FEWEST, LARGEST, may_be_shown
from bekostiging.report.kit.html import template
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.sections import Section, Table, care_form_names
from bekostiging.report.kit.texts import Texts
from bekostiging.report.landscape.tables import demography_table
from bekostiging.studies import Landscape

COUNTED = ("own_data", "published")


def write_pack(study: Landscape, folder: Path, texts: Texts) -> None:
    """Write the page and the tables of the pack."""
    place = folder / texts["landscape", "pack"]
    place.mkdir()
    (place / "index.html").write_text(pack_page(study, texts), encoding="utf-8", newline="")
    for name, text in public_tables(study.case).items():
        (place / name).write_text(text, encoding="utf-8", newline="")


def pack_page(study: Landscape, texts: Texts) -> str:
    """The pack as one page: nothing of one provider, no count below ten."""
    said, case = texts.sections["landscape"], study.case
    title = f"{said['pack_title']}: {case.title.get(texts.lang, case.name)}"
    limits = {"fewest": FEWEST, "largest": texts.numbers.percent(LARGEST), "least": SMALL}
    volumes_note = said["pack_volumes_note"].format(year=case.base_year, least=SMALL)
    waiting = (
        Section(said["waiting"], [said["waiting_note"]], [pack_waiting(study, texts)], numbers=True)
        if case.waiting
        else Section(said["waiting"], [said["waiting_none"]])
    )
    sections = [
        Section(said["pack_volumes"], [volumes_note], [pack_volumes(study, texts)], numbers=True),
        Section(said["demography"], [said["demography_note"]], [demography_table(study, texts)], numbers=True),
        Section(said["trend"], [said["trend_note"]], [pack_trend(study, texts)], numbers=True),
        waiting,
        Section(said["pack_market"], tables=[pack_market(study, texts)], numbers=True),
        Section(said["pack_unknown"], unknowns(study, texts)),
    ]
    return template("sections.html.j2").render(
        lang=texts.lang,
        title=title,
        paper=Paper.of(title, texts),
        disclaimer=case.disclaimer.get(texts.lang, ""),
        confidential="",
        alarms=(),
        notes=(),
        dated=(),
        remarks={},
        contents=texts["paper", "contents"],
        influence=None,
        dated_title="",
        told=[said["pack_told"].format(**limits)],
        self_check="",
        sections=sections,
    )


def rounded(count: float | None, texts: Texts) -> str:
    """A count in public: a dash below ten, else rounded to fives."""
    if count is None or count < SMALL:
        return UNKNOWN
    return texts.numbers.plain(STEP * round(count / STEP))


def pack_volumes(study: Landscape, texts: Texts) -> Table:
    """What is asked by area and care form, header first; a row with a small count has its key alone."""
    said, case, numbers = texts.sections["landscape"], study.case, texts.numbers
    labels, areas = care_form_names(case, texts.lang), {row.id: name_in(row, texts.lang) for row in case.areas}
    heads = ("area", "care_form", "stock", "starts", "weeks", "weekly", "unit")
    rows = [[said[name] for name in heads]]
    units = {row.id: row.unit for row in case.care_forms}
    for row in case.demand:
        hidden = min(row.clients_at_start, row.starts_per_year) < SMALL
        cells = [rounded(row.clients_at_start, texts), rounded(row.starts_per_year, texts)]
        cells += [numbers.plain(row.mean_duration_weeks), numbers.plain(row.units_per_week, 1)]
        shown = [UNKNOWN] * len(cells) if hidden else cells
        rows.append([areas[row.area], labels[row.care_form], *shown, said[f"unit_{units[row.care_form]}"]])
    return rows


def pack_trend(study: Landscape, texts: Texts) -> Table:
    """What was counted, header first; small counts left out and others rounded."""
    said, case = texts.sections["landscape"], study.case
    names = {row.code: name_in(row, texts.lang) for row in case.municipalities} | {
        row.id: name_in(row, texts.lang) for row in case.areas
    }
    labels = care_form_names(case, texts.lang)
    rows = [[said[name] for name in ("place", "care_form", "counted", "stock", "starts")]]
    for row in case.history:
        if row.clients is None and row.starts is None:
            continue
        label = labels.get(row.care_form) or texts.sections["laws"].get(row.care_form, row.care_form)
        counted = f"{said[f'counted_{row.definition}']}, {row.year}"
        cells = [rounded(row.clients, texts), rounded(row.starts, texts)]
        rows.append([names.get(row.area, row.area), label, counted, *cells])
    return rows


def pack_waiting(study: Landscape, texts: Texts) -> Table:
    """Who waits, header first; small counts left out with their weeks."""
    said, case, numbers = texts.sections["landscape"], study.case, texts.numbers
    labels, areas = care_form_names(case, texts.lang), {row.id: name_in(row, texts.lang) for row in case.areas}
    norms = {row.id: row.waiting_norm_weeks for row in case.care_forms}
    rows = [[said[name] for name in ("area", "care_form", "waits", "mean_weeks", "norm")]]
    for row in case.waiting:
        weeks = UNKNOWN if row.clients < SMALL else numbers.plain(row.mean_weeks)
        cells = [rounded(row.clients, texts), weeks, numbers.plain(norms[row.care_form])]
        rows.append([areas[row.area], labels[row.care_form], *cells])
    return rows


def pack_market(study: Landscape, texts: Texts) -> Table:
    """How many providers there are by care form, and the amount of all of them where it tells of none; header first.

    Amounts of care forms are no part of each other, so none follows from the others by subtraction; no total is shown.
    """
    said, labels, numbers = texts.sections["landscape"], care_form_names(study.case, texts.lang), texts.numbers
    amounts = study.by("care_form", "provider")
    rows = [[said[name] for name in ("care_form", "providers", "market_euro")]]
    for form in study.concentration:
        own = amounts[study.cells.care_form_ids.index(form)]
        n = int((own > 0).sum())
        if may_be_shown([float(one) for one in own]):
            shown = numbers.millions(float(own.sum()))
        else:
            limits = {"fewest": FEWEST, "largest": numbers.percent(LARGEST)}
            shown = said["few" if n < FEWEST else "large"].format(**limits)
        rows.append([labels[form], str(n), shown])
    return rows


def unknowns(study: Landscape, texts: Texts) -> list[str]:
    """What a bidder cannot know from the pack."""
    said, case = texts.sections["landscape"], study.case
    rows = [*case.demand, *case.history]
    invented = sum(row.status not in COUNTED for row in rows)
    told = [said["unknown_rows"].format(invented=invented, all=len(rows))] if invented else []
    if not case.waiting:
        told.append(said["ask_no_waiting"])
    return [*told, said["unknown_future"], said["unknown_clients"]]
