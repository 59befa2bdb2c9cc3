"""``herkomst.html``: what came from where, what was dropped and why, what is still invented, and which gaps matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bekostiging.case.arguments import checked_language, checked_path, kinds_checked
from bekostiging.case.numbers import written
from bekostiging.case.rows import Assumption
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import sheet_name
from bekostiging.evaluation import Influence, influences
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.texts import Texts
from bekostiging.store import Evidence, StoreCase
from bekostiging.units import THOUSAND

Rows = list[tuple[str, ...]]
GAPS = 10


@dataclass(frozen=True)
class Part:
    """A part of the page: a title, a sentence, a table with its head, and lines."""

    title: str
    note: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


@kinds_checked
def write_origins(made: StoreCase, file: str | Path, lang: str = "nl") -> None:
    """Write the page that says where the figures of a case come from.

    Parameters
    ----------
    made : StoreCase
        As ``case_from_store`` gives it.
    file : str or path
        The page to write.
    lang : str, default "nl"
        ``nl`` or ``en``.

    Raises
    ------
    UserError
        Another language.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.case import read_case
    >>> from bekostiging.report import write_origins
    >>> from bekostiging.store import StoreCase
    >>> write_origins(StoreCase(read_case("veenrand"), (), (), (), ("demand",), 0.0), "page.html", "en")
    >>> "Where the figures come from" in Path("page.html").read_text(encoding="utf-8")
    True
    """
    texts = Texts(checked_language("lang", lang))
    title = {"nl": "Waar de cijfers vandaan komen", "en": "Where the figures come from"}[lang]
    case = made.case
    name = case.title.get(lang) or case.name
    mark = confidential_mark(case, texts, named=True)
    page = template("origins.html.j2").render(
        lang=lang, title=f"{title}: {name}", paper=Paper.of(name, texts, mark), warnings=_warnings(made, lang),
        sections=[
            _tables(made, lang), _gaps(made, lang), _invented(made, lang), *_beside(made, lang), _figures(made, lang),
            _dropped(made, lang),
        ],
    )  # fmt: skip
    checked_path("file", file).write_text(page, encoding="utf-8", newline="")


def _warnings(made: StoreCase, lang: str) -> list[str]:
    """What a reader must know first."""
    few = {
        "nl": "Groepen van minder dan tien mensen staan nergens: hun aantallen zijn samengenomen en verdeeld.",
        "en": "Groups of fewer than ten people are shown nowhere: their numbers were taken together and shared out.",
    }
    return [few[lang], *([made.case.disclaimer[lang]] if made.case.disclaimer.get(lang) else [])]


def _tables(made: StoreCase, lang: str) -> Part:
    """Every table, and how many rows came from the store, were estimated or invented."""
    heads = {
        "nl": ("Tabel", "Uit de opslag", "Rijen", "Eigen of gepubliceerd", "Geschat", "Verzonnen"),
        "en": ("Table", "From the store", "Rows", "Own or published", "Estimated", "Invented"),
    }
    yes = {"nl": ("ja", "nee"), "en": ("yes", "no")}[lang]
    rows: Rows = [heads[lang]]
    for table in TABLES:
        own = getattr(made.case, table)
        if not own:
            continue
        times = Counter(row.status for row in own if isinstance(row, Assumption))
        given = table in made.given
        known = times["own_data"] + times["published"]
        rows.append(
            (
                sheet_name(table, lang),
                yes[not given],
                str(len(own)),
                str(known),
                str(times["estimated"]),
                str(times["illustrative"]),
            )
        )
    title = {"nl": "Wat komt waarvandaan", "en": "What came from where"}
    return Part(title[lang], rows=tuple(rows))


def _gaps(made: StoreCase, lang: str) -> Part:
    """The inputs that move spending most, with what is known of them."""
    heads = {
        "nl": ("Gegeven", "Wat wij weten", "Als het zoveel anders is", "Euro over de looptijd (x 1.000)"),
        "en": ("Input", "What we know", "If it differs by", "Euro over the term (x 1,000)"),
    }
    found = []
    for one in influences(made.case):
        figures = _evidence(made, one)
        errors = [own for own in figures if own.error is not None]
        if figures and not errors:
            continue  # a sum of what was paid is no gap
        # what the store tells is uncertain by its own error, all else by the step of the table
        size = _relative_error(errors) if errors and one.relative else one.step
        found.append((abs(one.euros * size / one.step), size, one, errors))
    rows: Rows = [heads[lang]]
    for euro, size, one, errors in sorted(found, key=lambda row: -row[0])[:GAPS]:
        known = _known(made, one.table, one.column, errors, lang)
        step = (
            f"{written(100 * size, lang, 2)} %" if one.relative else f"{written(100 * size, lang, 2)} procentpunt"
        )
        if lang == "en":
            step = step.replace("procentpunt", "percentage points")
        rows.append((one.name(lang), known, step, written(round(euro / THOUSAND), lang)))
    title = {"nl": "De gaten die het meest uitmaken", "en": "The gaps that matter most"}
    note = {
        "nl": "Hoogstens tien. Begin bovenaan met wat niet uit de opslag komt: daar levert een eigen cijfer het meeste op.",
        "en": "At most ten. Begin at the top with what is not from the store: there a figure of your own gains most.",
    }
    return Part(title[lang], note[lang], tuple(rows))


def _evidence(made: StoreCase, one: Influence) -> list[Evidence]:
    """The figures of the store behind an input: of its column and, where it is of one care form, of that form."""
    names = {form.id: form.name for form in made.case.care_forms}
    own = [figure for figure in made.evidence if figure.column == one.column]
    return [figure for figure in own if one.nl.endswith(f", {names.get(figure.key.rpartition(' / ')[2], '')}")]


def _relative_error(figures: Sequence[Evidence]) -> float:
    """Standard error of the sum of figures, over that sum; of a figure by itself its own."""
    total = sum(one.value for one in figures)
    return sum((one.error or 0.0) ** 2 for one in figures) ** 0.5 / total if total > 0 else 1.0


def _known(made: StoreCase, table: str, column: str, errors: Sequence[Evidence], lang: str) -> str:
    """What the store says of an input."""
    if errors:
        return {"nl": "uit de opslag, met standaardfout", "en": "from the store, with its standard error"}[lang]
    if any(one.column == column for one in made.evidence):
        return {"nl": "uit de opslag", "en": "from the store"}[lang]
    rows = [row for row in getattr(made.case, table, ()) if isinstance(row, Assumption)]
    if rows and all(row.status == "illustrative" for row in rows):
        return {"nl": "verzonnen", "en": "invented"}[lang]
    return {"nl": "niet uit de opslag", "en": "not from the store"}[lang]


def _invented(made: StoreCase, lang: str) -> Part:
    """Tables with invented rows, and why."""
    lines = []
    for table in TABLES:
        rows = [
            row
            for row in getattr(made.case, table)
            if isinstance(row, Assumption) and row.status == "illustrative"
        ]
        for source in dict.fromkeys(row.source for row in rows):
            lines.append(f"{sheet_name(table, lang)}: {source}")
    title = {"nl": "Wat nog verzonnen is", "en": "What is still invented"}
    return Part(title[lang], lines=tuple(dict.fromkeys(lines)))


def _beside(made: StoreCase, lang: str) -> list[Part]:
    """Own counts and euros beside those of CBS and Iv3, where those were imported."""
    if not made.comparisons:
        return []
    heads = {
        "nl": (
            "Gemeente",
            "Wet",
            "Jaar",
            "Wat",
            "In de berichten",
            "Bron",
            "Volgens de bron",
            "Deel",
            "Opvallend",
        ),
        "en": ("Municipality", "Law", "Year", "What", "In the messages", "Source", "By the source", "Part", "Odd"),
    }
    whats = {
        "nl": {"persons": "cliënten in het jaar", "euros": "euro (x 1.000)"},
        "en": {"persons": "clients in the year", "euros": "euro (x 1,000)"},
    }
    yes = {"nl": "ja", "en": "yes"}[lang]
    rows: Rows = [heads[lang]]
    for one in made.comparisons:
        scale = 1 if one.what == "persons" else THOUSAND
        own, other = (written(round(value / scale), lang) for value in (one.own, one.other))
        part = f"{written(round(100 * one.own / one.other), lang)} %"
        law = {"jeugdwet": "Jeugdwet", "wmo": "Wmo"}[one.law]
        what = whats[lang][one.what]
        rows.append(
            (one.municipality, law, str(one.year), what, own, one.source, other, part, yes if one.odd else "")
        )
    title = {"nl": "Naast het CBS en Iv3", "en": "Beside CBS and Iv3"}
    note = {
        "nl": "Het CBS telt wie in het jaar zorg in natura had, bij de Wmo ook hulpmiddelen en vervoer; Iv3 heeft de hele "
        "jaarrekening, met pgb en toegang. De berichten liggen daarom meestal iets lager, en nooit ver erboven.",
        "en": "CBS counts who had care in kind in the year, of the Wmo aids and transport too; Iv3 has the whole annual "
        "accounts, with budgets of clients and access. So the messages are as a rule somewhat lower, and never far above.",
    }
    return [Part(title[lang], note[lang], tuple(rows))]


def _figures(made: StoreCase, lang: str) -> Part:
    """Every figure with its error, count and rule."""
    heads = {
        "nl": ("Tabel", "Rij", "Kolom", "Waarde", "Standaardfout", "Aantal", "Regel"),
        "en": ("Table", "Row", "Column", "Value", "Standard error", "Count", "Rule"),
    }
    rows: Rows = [heads[lang], *(_figure(one, lang) for one in made.evidence)]
    title = {"nl": "Elk cijfer uit de opslag", "en": "Every figure from the store"}
    note = {
        "nl": "Waar geen standaardfout staat, is het een som van betaalde bedragen. De regels staan in docs/import.md.",
        "en": "Without a standard error it is a sum of what was paid. The rules stand in docs/import.md.",
    }
    return Part(title[lang], note[lang], tuple(rows))


def _figure(one: Evidence, lang: str) -> tuple[str, ...]:
    """A figure as a row."""
    error = "" if one.error is None else written(one.error, lang, 2)
    return one.table, one.key, one.column, written(one.value, lang, 5), error, one.shown_count, one.query


def _dropped(made: StoreCase, lang: str) -> Part:
    """Rules that were applied, what was left out, and the notes of the case."""
    share = written(100 * made.unmapped_share, lang, 2)
    words = {
        "nl": f"{share} procent van de euro's heeft geen zorgvorm.",
        "en": f"{share} percent of the euros has no care form.",
    }
    lines = [note[lang] for note in (*made.rules, *made.dropped, *made.case.notes)]
    title = {"nl": "Wat is weggelaten of aangevuld", "en": "What was dropped or completed"}
    return Part(title[lang], words[lang], lines=tuple(lines))
