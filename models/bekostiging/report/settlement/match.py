"""The match of a settled year on paper: what stands beside the statements, differences by reason, tolerances, a sample."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook_text import harmless
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.workbook import CREATED
from bekostiging.settlement import ContractMatch, Match, MatchRow, Sample, Side
from bekostiging.settlement.match_sides import SIDES
from bekostiging.store import Aggregate, shown_count
from bekostiging.units import CENTS

if TYPE_CHECKING:
    from bekostiging.report.settlement.papers import Papers

PAGE, WORD, BOOK, SAMPLE = "aansluiting.html", "aansluiting.docx", "aansluiting.xlsx", "steekproef.csv"
STORE = "uit-opslag.csv"
SHOWN = 40
"""Items of a sample on the page; all of them stand in the workbook."""
SAMPLED = (
    "number",
    "provider",
    "lot",
    "care_form",
    "place",
    "begins",
    "person",
    "authorisation",
    "euro",
    "hits",
    "at_euro",
)
"""Columns of a sample."""  # fmt: skip


def told(papers: Papers) -> list[str]:
    """What the match comes to, in sentences computed from it."""
    match, numbers = papers.match, papers.texts.numbers
    if not match.rows:
        return [papers.said("match_none")]
    own = match.auditor
    found = [
        papers.said(
            "match_found",
            errors=papers.money(match.errors),
            uncertain=papers.money(match.uncertainties),
            share=numbers.percent(match.share, 2),
        ),
        papers.said("match_left", off=papers.money(match.errors + match.uncertainties - match.left),
                    left=papers.money(match.left)),
    ]  # fmt: skip
    verdict = papers.said("match_within" if own.within else "match_above")
    found.append(
        papers.said("match_auditor", limits=_limits(papers, 0), since=own.source[papers.place], verdict=verdict)
    )
    for k, one in enumerate(match.tests[1:], start=1):
        verdict = papers.said("match_within" if one.within else "match_above")
        name = papers.names[one.municipality]
        found.append(papers.said("match_council", name=name, limits=_limits(papers, k), verdict=verdict))
    return found


def _limits(papers: Papers, place: int) -> str:
    """The limits of a test, in words."""
    one, numbers = papers.match.tests[place], papers.texts.numbers
    own = ((one.error, "limit_error"), (one.uncertainty, "limit_uncertain"), (one.together, "limit_together"))
    named = [(part, name) for part, name in own if part is not None]
    return ", ".join(papers.said(name, part=numbers.percent(part, 2)) for part, name in named)


def match_blocks(papers: Papers) -> list[Block]:
    """The match in the overview: what it comes to and the reasons."""
    return [Heading(papers.said("match"), 1), Points(told(papers)), *_reasons(papers)]


def match_page(papers: Papers, sample: Sample | None) -> list[Block]:
    """The match on a page of its own."""
    match = papers.match
    blocks: list[Block] = [Points(told(papers))]
    for lump_sum in (False, True):
        own = [one for one in match.contracts if one.lump_sum == lump_sum]
        if own:
            name = "lump" if lump_sum else "tariff"
            blocks += [Heading(papers.said(f"match_{name}"), 1), _sides(papers, own, name)]
            # narrow enough for a page in Word
            blocks += [_sides(papers, own, "counts")] if lump_sum else []
    blocks += [Heading(papers.said("match_reasons"), 1), *_reasons(papers), _tests(papers)]
    missing = list(_missing(papers))
    remarks = [*missing, *(note[papers.texts.lang] for note in match.notes)]
    if remarks:
        blocks += [Heading(papers.said("match_missing"), 1), Points(remarks)]
    if sample is not None:
        blocks += _sample(papers, sample)
    return blocks


_COLUMNS = {
    "tariff": ("authorised", "claimed", "stated", "recognised"),
    "lump": ("contract", "letters", "advances", "stated"),
    "counts": ("starts", "stops", "clients", "clients_stated"),
}


def _shown(papers: Papers, side: Side | None) -> str:
    """An amount or a count, a dash where nothing is known; few persons are not counted."""
    if side is None:
        return "-"
    if side.cents is not None:
        return papers.money(side.cents)
    count = side.count or 0.0
    return (
        shown_count(round(count), papers.texts.lang)
        if count == round(count)
        else papers.texts.numbers.plain(count, 1)
    )


def _sides(papers: Papers, own: Sequence[ContractMatch], name: str) -> Grid:
    """What stands beside the statement, a row per contract."""
    keys = _COLUMNS[name]
    rows = [[papers.said("a_contract"), *(papers.said(f"side_{key}") for key in keys)]]
    for one in own:
        known = {side.key: side for side in one.sides}
        contract = f"{papers.names[one.provider]}, {papers.names[one.lot]}"
        rows.append([contract, *(_shown(papers, known.get(key)) for key in keys)])
    return Grid(
        rows, papers.said(f"match_{name}"), papers.said(f"match_{name}_note"), right=range(2, 2 + len(keys))
    )


def _reasons(papers: Papers) -> Iterator[Block]:
    """Errors and uncertainties by reason, what is taken off and what is left."""
    match = papers.match
    if not match.rows:
        return
    keys = ("provider", "lot", "reason", "found_by", "errors", "uncertain", "taken_off", "left")
    rows = [[papers.said(key) for key in keys]]
    rows += [
        [
            papers.names.get(row.provider, ""), papers.names.get(row.lot, ""), row.reason[papers.place],
            row.source[papers.place],
            *map(papers.money, (row.error, row.uncertainty, row.taken_off, row.left_error + row.left_uncertainty)),
        ]
        for row in match.shown
    ]  # fmt: skip
    off = match.errors + match.uncertainties - match.left
    total = map(papers.money, (match.errors, match.uncertainties, off, match.left))
    rows.append([papers.said("together"), "", "", "", *total])
    note = papers.said("match_rule")
    yield Grid(rows, papers.said("match_reasons"), note, totals=(len(rows) - 1,), right=(4, 5, 6, 7))


def _tests(papers: Papers) -> Grid:
    """What is left against every limit."""
    rows = [[papers.said(key) for key in ("limit_of", "amount", "limit", "errors", "uncertain", "outcome")]]
    for k, one in enumerate(papers.match.tests):
        name = papers.names[one.municipality] if one.municipality else papers.said("auditor")
        outcome = papers.said("match_within" if one.within else "match_above")
        amounts = papers.money(one.errors), papers.money(one.uncertainties)
        rows.append([name, papers.money(one.base), _limits(papers, k), *amounts, outcome])
    return Grid(rows, papers.said("match_tests"), papers.said("match_tests_note"), right=(1, 3, 4))


def _missing(papers: Papers) -> Iterator[str]:
    """A sentence per side that nobody brought, with its contracts."""
    found: dict[str, list[str]] = {}
    for one in papers.match.contracts:
        for key in one.missing:
            if key != "letters":  # a contract without change letters lacks nothing
                found.setdefault(key, []).append(f"{papers.names[one.provider]} ({papers.names[one.lot]})")
    every = len(papers.match.contracts)
    for key, names in found.items():
        listed = papers.said("all_contracts") if len(names) == every else ", ".join(names)
        yield papers.said("match_without", side=SIDES[key][papers.place], names=listed)


def _sample(papers: Papers, sample: Sample) -> Iterator[Block]:
    """How the sample was drawn, and its first items."""
    said, numbers = papers.said, papers.texts.numbers
    yield Heading(said("sample_title"), 1)
    yield Paragraph(
        said(
            "sample_told",
            n=numbers.plain(len(sample.items)),
            population=papers.money(sample.population),
            interval=papers.money(sample.interval),
            start=papers.money(sample.start),
            seed=sample.seed,
            sure=numbers.percent(sample.confidence),
            tolerable=papers.money(round(sample.tolerable)),
        )
    )
    yield Paragraph(said("sample_claims" if sample.of_claims else "sample_statements"))
    rows = [[said(f"sample_{key}") for key in SAMPLED]]
    rows += [_item(papers, one) for one in _items(sample)[:SHOWN]]
    note = said("sample_more", shown=SHOWN, n=len(sample.items)) if len(sample.items) > SHOWN else ""
    yield Grid(rows, said("sample_title"), note, right=(0, 8, 9, 10))


def _items(sample: Sample) -> list[list[Any]]:
    """Values of every item, by ``SAMPLED``."""
    return [
        [one.number, one.provider, one.lot, one.care_form, one.place, one.begins, one.person, one.authorisation,
         one.cents / CENTS, one.hits, one.euro]
        for one in sample.items
    ]  # fmt: skip


def _item(papers: Papers, values: Sequence[Any]) -> list[str]:
    """An item in words."""
    number, *names, euro, hits, at_euro = values
    plain = papers.texts.numbers.plain
    own = [papers.names.get(str(name), str(name)) for name in names]
    return [str(number), *own, plain(euro, 2), str(hits), plain(at_euro, 2)]


def write_match(papers: Papers, sample: Sample | None, folder: Path, mark: str) -> None:
    """The match as a workbook, and the sample as a file of its own; ``mark``: confidential, or empty."""
    with new_book(folder / BOOK) as book:
        book.set_properties({"created": CREATED, "title": papers.said("match")})
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for name, rows in _sheets(papers, sample):
            _sheet(book, papers, (name, rows), looks, mark)
    if sample is not None:
        with (folder / SAMPLE).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([list(SAMPLED), *_items(sample)])


def write_aggregates(aggregates: Sequence[Aggregate], path: Path) -> None:
    """What a store added up, with the query and the count of each; sums of few persons without value."""
    head = ("provider", "lot", "care_form", "municipality", "query", "threshold", "value", "persons")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        for one in aggregates:
            known = one.value if one.shown and one.value is not None else ""
            names = (one.provider, one.lot, one.care_form, one.municipality, one.column, one.threshold or "")
            writer.writerow([*names, known, shown_count(one.persons, "nl")])


def _sheets(papers: Papers, sample: Sample | None) -> Iterator[tuple[str, list[list[Any]]]]:
    """Name and rows of every sheet, header first."""
    said, place, match = papers.said, papers.place, papers.match
    rows: list[list[Any]] = [[said(key) for key in ("provider", "lot", "side", "euro", "count", "source")]]
    for one in match.contracts:
        rows += [_side_row(papers, one, side) for side in one.sides]
    yield said("sheet_sides"), rows
    keys = (
        "provider",
        "lot",
        "reason",
        "found_by",
        "errors",
        "uncertain",
        "taken_off",
        "left",
        "periods",
        "persons",
    )
    yield said("sheet_reasons"), [[said(key) for key in keys], *(_reason_row(papers, row) for row in match.shown)]
    rows = [[said(key) for key in ("limit_of", "amount", "limit", "errors", "uncertain", "outcome", "source")]]
    for k, test in enumerate(match.tests):
        outcome = said("match_within" if test.within else "match_above")
        name = papers.names[test.municipality] if test.municipality else said("auditor")
        amounts = test.errors / CENTS, test.uncertainties / CENTS
        rows.append([name, test.base / CENTS, _limits(papers, k), *amounts, outcome, test.source[place]])
    yield said("sheet_tests"), rows
    if sample is not None:
        yield said("sample"), [[said(f"sample_{key}") for key in SAMPLED], *_items(sample)]


def _side_row(papers: Papers, one: ContractMatch, side: Side) -> list[Any]:
    """A side with its numbers as numbers; few persons are not counted."""
    euro = "" if side.cents is None else side.cents / CENTS
    count = "" if side.count is None else _shown(papers, side)
    names = papers.names[one.provider], papers.names[one.lot]
    return [*names, side.said[papers.place], euro, count, side.source[papers.place]]


def _reason_row(papers: Papers, row: MatchRow) -> list[Any]:
    """A reason with its amounts."""
    cents = (row.error, row.uncertainty, row.taken_off, row.left_error + row.left_uncertainty)
    counts = [shown_count(one, papers.texts.lang) if one else "" for one in (row.periods, row.persons)]
    words = row.reason[papers.place], row.source[papers.place]
    return [
        papers.names.get(row.provider, ""),
        papers.names.get(row.lot, ""),
        *words,
        *(one / CENTS for one in cents),
        *counts,
    ]


def _sheet(
    book: Any, papers: Papers, named: tuple[str, list[list[Any]]], looks: dict[str, Any], mark: str
) -> None:
    """One sheet: title, header, rows."""
    name, rows = named
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, f"{papers.said('match')}, {papers.settled.year}. {papers.subject}")
    for k, row in enumerate(rows):
        for column, value in enumerate(row):
            if k == 0:
                sheet.write_string(2, column, str(value), looks["head"])
            elif isinstance(value, float):
                sheet.write_number(2 + k, column, value, looks["amount"])
            elif isinstance(value, int):
                sheet.write_number(2 + k, column, value)
            else:
                sheet.write_string(2 + k, column, harmless(str(value)), looks["text"])
    sheet.freeze_panes(3, 0)
    sheet.set_column(0, len(rows[0]) - 1, 20)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{papers.said('match')}&C{mark}&R&P / &N")


def match_results(match: Match, sample: Sample | None, place: int) -> dict[str, Any]:
    """The match as plain values; few persons are not counted."""
    few = ("nl", "en")[place]
    found: dict[str, Any] = {
        "errors": match.errors,
        "uncertainties": match.uncertainties,
        "left": match.left,
        "share": match.share,
        "within": match.within,
        "tests": [
            {
                "municipality": one.municipality, "source": one.source[place], "base": one.base, "limit_error": one.error,
                "limit_uncertainty": one.uncertainty, "limit_together": one.together, "errors": one.errors,
                "uncertainties": one.uncertainties, "within": one.within,
            }
            for one in match.tests
        ],
        "contracts": [
            {
                "provider": one.provider, "lot": one.lot, "missing": list(one.missing),
                "sides": [
                    {"side": side.key, "cents": side.cents,
                     "count": None if side.count is None else shown_count(round(side.count), few),
                     "source": side.source[place]}
                    for side in one.sides
                ],
            }
            for one in match.contracts
        ],
        "rows": [
            {"provider": row.provider, "lot": row.lot, "reason": row.code, "error": row.error,
             "uncertainty": row.uncertainty, "left_error": row.left_error, "left_uncertainty": row.left_uncertainty,
             "source": row.source[place]}
            for row in match.shown
        ],
    }  # fmt: skip
    if sample is not None:
        found["sample"] = {
            "seed": sample.seed, "interval": sample.interval, "start": sample.start, "population": sample.population,
            "confidence": sample.confidence, "of_claims": sample.of_claims, "items": len(sample.items),
        }  # fmt: skip
    return found
