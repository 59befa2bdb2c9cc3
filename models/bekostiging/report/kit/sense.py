"""What is odd in a case and which inputs move the budget most: lines, table, figure, JSON and long tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.workbook.names import sheet_name
from bekostiging.evaluation import Influence, Remark, influences, sense_check
from bekostiging.evaluation.figures import AT_STAKE, BUDGET_CHANGE
from bekostiging.report.kit.json_schema import NUMBER, TEXT, listed, schema_object
from bekostiging.report.kit.long import FIGURE_COLUMNS, LongTable, estimated
from bekostiging.report.kit.sections import Answer, Section
from bekostiging.report.kit.style import INK, SOFT, figure_of, house_axes, mark_example, numbered
from bekostiging.report.kit.texts import Texts
from bekostiging.units import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TABLES = ("demand", "offers", "indices")
"""What the figure is made of."""
TOLD = 10
"""Remarks that are printed; the tables have all."""
WHOLE = 4 * MILLION
"""Euro from which an axis has whole millions."""
NAMED = 3
"""Inputs in a sentence."""
ON_PAGE = 5
"""Remarks above a page, which is about something else."""


@kinds_checked
def remark_lines(remarks: Sequence[Remark], lang: str) -> list[str]:
    """Remarks as they are printed: a heading, what they are, and at most ten of them, most euros first.

    Parameters
    ----------
    remarks : sequence of Remark
        As ``sense_check`` gives them.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    list of str
        Empty without remarks.

    Raises
    ------
    UserError
        Another language.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.evaluation import sense_check
    >>> remark_lines(sense_check(synthetic_region(2, 6)), "nl")
    []
    """
    block = remark_block(remarks, Texts(lang), TOLD)
    if not block:
        return []
    numbered_lines = [f"{n}. {line}" for n, line in enumerate(block["lines"], start=1)]
    return [str(block["title"]), str(block["intro"]), *numbered_lines, *([block["more"]] if block["more"] else [])]


def remark_block(remarks: Sequence[Remark], texts: Texts, most: int = ON_PAGE) -> dict[str, Any]:
    """``title``, ``intro``, ``lines`` and ``more`` of the block on top of a page; empty without remarks."""
    if not remarks:
        return {}
    others = len(remarks) - most
    return {
        "title": texts["sense", "title"],
        "intro": texts["sense", "intro"],
        "lines": [one.text(texts.lang) for one in remarks[:most]],
        "more": texts["sense", "more"].format(n=others) if others > 0 else "",
    }


@kinds_checked
def influence_answer(found: Sequence[Influence], years: tuple[int, int], lang: str) -> Answer:
    """The inputs that move the budget most, as a table.

    Parameters
    ----------
    found : sequence of Influence
        As ``influences`` gives them.
    years : (int, int)
        First and last contract year.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    Answer
        A row per input: its name, the step, the change over the term in millions of euro and as a part of spending.

    Raises
    ------
    UserError
        Another language.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.evaluation import influences
    >>> influence_answer(influences(synthetic_region(2, 6)), (2026, 2029), "en").rows[1]
    ['days of 24 hours a week, Youth care with accommodation', '10\\xa0%', '4.5', '3.5\\xa0%']
    """
    texts = Texts(lang)
    numbers = texts.numbers
    rows = [[texts["sense", name] for name in ("input", "step", "change", "part")]]
    for one in found:
        step = (
            numbers.percent(one.step)
            if one.relative
            else texts["sense", "points"].format(n=numbers.plain(100 * one.step))
        )
        euro = numbers.millions(one.euros, 1 if abs(one.euros) >= MILLION else 2)
        rows.append([one.name(lang), step, euro, numbers.percent(one.share, 1)])
    note = texts["sense", "inputs_note"].format(years=f"{years[0]}-{years[1]}")
    return Answer(rows, texts["sense", "inputs_title"], note, numbers=True)


@kinds_checked
def plot_influences(case: Case, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """The inputs that move the budget most as horizontal bars, the largest on top.

    Parameters
    ----------
    case
        A validated case, as ``read_case`` returns it.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Change of expected spending over the term along x, millions of euro; inputs along y.

    Raises
    ------
    UserError
        Another language than Dutch or English.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from bekostiging.case import synthetic_region
    >>> axes = plot_influences(synthetic_region(2, 6), Figure().subplots(), lang="en")
    >>> len(axes.patches), axes.get_xlabel()
    (10, 'change, million euro')
    """
    texts, found = Texts(lang), influences(case)
    rows = influence_answer(found, (0, 0), lang).rows[1:]
    with house_axes(ax, _size(found)) as axes:
        places = range(len(found))
        bars = axes.barh(places, [one.euros / MILLION for one in found], color=SOFT, height=0.62)
        axes.bar_label(bars, [row[2] for row in rows], padding=3, fontsize=8, color=INK)
        axes.set_yticks(places, [f"{row[0]} (+{row[1]})" for row in rows], fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel(texts["sense", "change"], fontsize=8)
        axes.tick_params(axis="x", labelsize=8)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.1)
        if any(one.euros < 0 for one in found):
            axes.axvline(0, color=INK, linewidth=0.8)
        whole = not found or abs(found[0].euros) >= WHOLE
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=whole))
        numbered(axes.xaxis, texts, 0 if whole else 2)
        mark_example(axes, case, TABLES, texts)
    return axes


def _size(found: Sequence[Influence]) -> tuple[float, float]:
    """Inches: a row per input."""
    return 7.6, 0.9 + 0.27 * len(found)


def influence_section(case: Case, texts: Texts) -> Section | None:
    """The section of a page: note, figure and table; None where nothing is spent."""
    drawn, table = influence_figure(case, texts), influence_table(case, texts)
    return None if drawn is None or table is None else replace(drawn, tables=table.tables)


def influence_figure(case: Case, texts: Texts) -> Section | None:
    """Note and figure; None where nothing is spent."""
    found = influences(case)
    if not found:
        return None
    answer = _answer(case, texts)
    drawn = figure_of(lambda axes: plot_influences(case, axes, lang=texts.lang), _size(found))
    alt = texts["sense", "alt"].format(first=found[0].name(texts.lang), euro=answer.rows[1][2])
    seen = texts["sense", "seen"].format(input=answer.rows[1][0], step=answer.rows[1][1], euro=answer.rows[1][2])
    return Section(answer.title, [answer.sentence], drawn=drawn, alt=alt, caption=seen)


def influence_table(case: Case, texts: Texts) -> Section | None:
    """The amounts of that figure; None where nothing is spent."""
    answer = _answer(case, texts)
    if len(answer.rows) < 2:
        return None
    return Section(answer.title, [answer.sentence], [[list(row) for row in answer.rows]], numbers=True)


def influence_sentence(case: Case, texts: Texts) -> str:
    """The inputs that move the budget most, in one sentence; empty where nothing is spent."""
    rows = _answer(case, texts).rows[1 : 1 + NAMED]
    if not rows:
        return ""
    said = texts.sections["sense"]
    first, *others = (said["moves"].format(input=row[0], step=row[1], euro=row[2]) for row in rows)
    return said["moves_most"].format(first=first, others="".join(f"; {one}" for one in others))


def _answer(case: Case, texts: Texts) -> Answer:
    """The inputs that move the budget most, over the contract years."""
    return influence_answer(influences(case), (case.first_year, case.first_year + case.n_years - 1), texts.lang)


def sense_results(case: Case) -> dict[str, Any]:
    """Remarks and inputs as JSON: euro a year that a remark is worth, euro over the term that an input moves."""
    return {
        "remarks": [
            {
                "kind": one.kind,
                "table": one.table,
                "where": one.where,
                "sentence": {"nl": one.nl, "en": one.en},
                "euros": one.euros,
            }
            for one in sense_check(case)
        ],
        "influences": [
            {
                "table": one.table,
                "column": one.column,
                "name": {"nl": one.nl, "en": one.en},
                "step": one.step,
                "relative": one.relative,
                "euros": one.euros,
                "share": one.share,
            }
            for one in influences(case)
        ],
    }


def sense_schema() -> dict[str, Any]:
    """JSON schema of what ``sense_results`` writes."""
    both = schema_object({"nl": TEXT, "en": TEXT})
    remark = {"kind": TEXT, "table": TEXT, "where": both, "sentence": both, "euros": NUMBER}
    moved = {"table": TEXT, "column": TEXT, "name": both, "step": NUMBER, "relative": {"type": "boolean"}}
    return {
        "remarks": listed(schema_object(remark, "euros: a year")),
        "influences": listed(
            schema_object(moved | {"euros": NUMBER, "share": NUMBER}, "euros: over the term; share: of spending")
        ),
    }


def sense_tables(case: Case, texts: Texts) -> list[LongTable]:
    """Remarks and inputs in long format; a table by the name of its sheet, as the reader has it or would have it."""
    sheets = case.sheets or texts.lang
    remarks: list[Mapping[str, Any]] = [
        {
            "table": sheet_name(one.table, sheets),
            "sentence": one.text(texts.lang),
            **estimated(AT_STAKE, one.euros),
        }
        for one in sense_check(case)
    ]
    moved: list[Mapping[str, Any]] = [
        {
            "table": sheet_name(one.table, sheets),
            "input": one.name(texts.lang),
            "raised": one.step,
            **estimated(BUDGET_CHANGE, one.euros),
        }
        for one in influences(case)
    ]
    return [
        LongTable("remarks", ("table", "sentence", *FIGURE_COLUMNS), tuple(remarks), "figure"),
        LongTable("influences", ("table", "input", "raised", *FIGURE_COLUMNS), tuple(moved), "figure"),
    ]
