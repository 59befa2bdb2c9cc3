"""Two results side by side on one page and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bekostiging.case import pseudonymised
from bekostiging.case.errors import Note
from bekostiging.evaluation.figures import Figure
from bekostiging.evaluation.results import TERM, TOTAL
from bekostiging.report.difference.plots import SIZE, part_words, plot_difference
from bekostiging.report.difference.results import CENTS, difference_results, to_the_cent
from bekostiging.report.difference.tables import change_in_words, difference_tables
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.presented import Exported, Presented
from bekostiging.report.kit.sections import Answer, Section, Table, names_of
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Difference, FigureDifference
from bekostiging_solvers import Estimate

SHOWN_CHANGES = 60
"""Cells that the page lists; the workbook has them all."""
ENDS = ("before", "after")


class DifferenceReport(Presented[Difference]):
    """What differs, where it comes from, and what was entered differently."""

    @property
    def notes(self) -> Sequence[Note]:
        """Why only totals stand here; what was changed in one step."""
        return (*self.study.totals_only, *self._joined())

    @property
    def designed(self) -> bool:
        """It designs nothing."""
        return True

    def results(self) -> dict[str, Any]:
        return difference_results(self.study)

    def exported(self) -> Sequence[Exported]:
        """With the case of B, by whose names things are called; nothing where neither folder keeps a case."""
        case = self.study.known_case
        if case is None:
            return ()
        settings = {"scenarios": self.study.n_scenarios, "seed": self.study.seed}
        return (Exported(case, difference_tables(self.study, self.texts), settings, self._named),)

    def about(self) -> Mapping[str, object]:
        study = self.study
        return {
            "compared": [study.a.place.name, study.b.place.name],
            "settings": {"scenarios": study.n_scenarios, "seed": study.seed},
        }

    def sentences(self) -> list[str]:
        """How much differs, of what it comes, and whether it is more than noise."""
        study, texts, numbers = self.study, self.texts, self.texts.numbers
        first = study.figures[0]
        said = texts.sections["difference"]
        sentences = [
            said["told"].format(
                a=study.a.place.name,
                b=study.b.place.name,
                years_a=_years(study.a.years),
                years_b=_years(study.b.years),
                before=numbers.millions(first.before.value),
                after=numbers.millions(first.after.value),
                change=numbers.change(first.difference),
            )
        ]
        if first.common is None:
            return sentences
        told = [
            said["of_part"].format(value=numbers.change(value), part=part_words(name, texts))
            for name, value in to_the_cent(first).items()
            if name not in ENDS and numbers.change(value) not in ("0,0", "0.0")
        ]
        if told:
            sentences.append(said["of_which"].format(parts=_joined(told, texts)))
        if not study.changes:
            return [*sentences, said["no_change"]]
        key = "real" if first.real else "noise"
        return [*sentences, said[key].format(value=numbers.change(first.common.value))]

    def answers(self) -> list[Answer]:
        """The parts in the terminal, where cents would take more room than there is."""
        title, note = self.texts["difference", "parts_title"], self.texts["difference", "parts_short"]
        return [Answer(parts_table(self.study, self.texts, cents=False), title, caption=note, numbers=True)]

    def page(self) -> str:
        """The page of sections."""
        study, texts, case = self.study, self.texts, self.study.known_case
        title = texts["difference", "title"]
        confidential = "" if case is None else confidential_mark(case, texts, named=self._named)
        return template("sections.html.j2").render(
            lang=texts.lang,
            title=title,
            paper=Paper.of(title, texts, confidential),
            disclaimer="" if case is None else case.disclaimer.get(texts.lang, ""),
            confidential=confidential,
            alarms=[note[texts.lang] for note in study.totals_only],
            notes=[note[texts.lang] for note in self._joined()],
            dated=(),
            remarks={},
            contents=texts["paper", "contents"],
            influence=None,
            dated_title="",
            told=self.sentences(),
            self_check="",
            sections=self._sections(),
        )

    @property
    def _named(self) -> bool:
        """Whether a case that should number its providers was kept with their names."""
        case = self.study.known_case
        return case is not None and case.confidential and pseudonymised(case).providers != case.providers

    def _joined(self) -> list[Note]:
        """What was changed in one step, and that numbers of providers are each case's own."""
        study = self.study
        notes: list[Note] = []
        joint = next((block for block in study.blocks if len(block) > 1), None)
        if joint is not None and study.joined is not None:
            found = {}
            for lang, reason in study.joined.items():
                texts = Texts(lang)
                groups = _joined([texts["difference", one] for one in joint], texts)
                found[lang] = texts["difference", "joined"].format(groups=groups.capitalize(), reason=reason)
            notes.append(found)
        case = study.known_case
        if case is not None and case.confidential and not self._named:
            notes.append({lang: Texts(lang)["difference", "numbered"] for lang in ("nl", "en")})
        return notes

    def _sections(self) -> list[Section]:
        """Parts with their figure, totals, inputs, and how sure it is."""
        study, texts = self.study, self.texts
        said = texts.sections["difference"]
        known = study.figures[0].common is not None
        parts = Section(
            said["parts_title"],
            [said["parts_note"]],
            [parts_table(study, texts)],
            figure_of(lambda ax: plot_difference(study, ax, lang=texts.lang), SIZE) if known else None,
            alt=said["alt"] if known else "",
            numbers=True,
        )
        spending = Section(
            said["spending_title"], [said["spending_note"]], [spending_table(study, texts)], numbers=True
        )
        sections = [parts, spending, self._inputs()]
        if known:
            how = said["how"].format(runs=2 ** len(study.blocks), n=study.n_scenarios, seed=study.seed)
            sections.append(
                Section(said["errors_title"], [said["errors_note"], how], [errors_table(study, texts)])
            )
        return sections

    def _inputs(self) -> Section:
        """What was entered differently."""
        study, texts = self.study, self.texts
        said = texts.sections["difference"]
        if study.a.case is None or study.b.case is None:
            return Section(said["inputs_title"], [said["inputs_unknown"]])
        if not study.changes:
            return Section(said["inputs_title"], [said["inputs_none"]])
        note = said["inputs_note"].format(n=texts.numbers.plain(len(study.changes)), most=SHOWN_CHANGES)
        head = [
            said["group"],
            texts["columns", "table"],
            said["place"],
            texts["columns", "cell"],
            said["before"],
            said["after"],
        ]
        rows = [
            [part_words(change.group, texts), *change_in_words(change, study.known_case, texts)]
            for change in study.changes[:SHOWN_CHANGES]
        ]
        return Section(said["inputs_title"], [note], [[head, *rows]])


def parts_table(study: Difference, texts: Texts, *, cents: bool = True) -> Table:
    """Every figure from A to B, header first; euro to the cent, or without ``cents`` in millions."""
    head = [texts["difference", "part"], *(texts[one.figure] for one in study.figures)]
    columns = [to_the_cent(one) for one in study.figures]
    rows = []
    for name in columns[0]:
        words = texts["difference", name] if name in ENDS else part_words(name, texts)
        cells = [
            _cell(one.figure, column[name], texts, signed=name not in ENDS, cents=cents)
            for one, column in zip(study.figures, columns, strict=True)
        ]
        rows.append([words, *cells])
    return [head, *rows]


def _cell(figure: Figure, value: float, texts: Texts, *, signed: bool, cents: bool = True) -> str:
    """A value of a figure with its sign where it is a change."""
    numbers = texts.numbers
    if figure.unit == "euro":
        text = numbers.plain(value, CENTS) if cents else numbers.millions(value, 2)
    elif figure.unit == "fraction":
        text = numbers.percent(value, 1)
    else:
        text = numbers.plain(value, 1)
    return f"+{text}" if signed and value > 0 and any(digit in text for digit in "123456789") else text


def errors_table(study: Difference, texts: Texts) -> Table:
    """Standard error of every part, what the inputs do together, and the verdict; header first."""
    said = texts.sections["difference"]
    head = [said["part"], *(texts[one.figure] for one in study.figures)]
    rows = [
        [part_words(name, texts), *(_error(one, one.parts[name], texts) for one in study.figures)]
        for name in study.figures[0].parts
    ]
    rows.append([said["common"], *(_known(one, texts) for one in study.figures)])
    verdicts = {True: said["yes"], False: said["no"], None: said["unknown"]}
    rows.append([said["verdict"], *(verdicts[one.real] for one in study.figures)])
    return [head, *rows]


def _error(one: FigureDifference, part: Estimate, texts: Texts) -> str:
    """A standard error in the unit of the figure."""
    error = part.standard_error
    if error is None:
        return UNKNOWN
    return _cell(one.figure, error, texts, signed=False) if error > 0 else texts["difference", "exact"]


def _known(one: FigureDifference, texts: Texts) -> str:
    """What the inputs do together, with its error."""
    return texts.numbers.figure(one.figure, one.common)


def spending_table(study: Difference, texts: Texts) -> Table:
    """Expected spending in A and B by municipality and year, header first; million euro."""
    said = texts.sections["difference"]
    names = names_of(study.known_case, texts.lang) if study.known_case is not None else {}
    one, two = study.spending
    rows = [[said["municipality"], said["period"], said["before"], said["after"], said["change"]]]
    for code in dict.fromkeys([*(c for c in (*one, *two) if c != TOTAL), TOTAL]):
        periods = dict.fromkeys([*(p for p in (*one.get(code, {}), *two.get(code, {})) if p != TERM), TERM])
        for period in sorted(periods, key=lambda own: (own == TERM, own)):
            ends = (one.get(code, {}).get(period), two.get(code, {}).get(period))
            label = said["total"] if code == TOTAL else names.get(code, code)
            rows.append([label, said["term"] if period == TERM else period, *_ends(ends, texts)])
        ends = (study.begroting[0].get(code), study.begroting[1].get(code))
        rows.append(
            [said["total"] if code == TOTAL else names.get(code, code), said["begroot"], *_ends(ends, texts)]
        )
    return rows


def _ends(ends: tuple[float | None, float | None], texts: Texts) -> list[str]:
    """Before, after and their difference, million euro; a dash where one is not there."""
    numbers = texts.numbers
    shown = [UNKNOWN if end is None else numbers.millions(end, 2) for end in ends]
    before, after = ends
    change = UNKNOWN if before is None or after is None else numbers.millions(after - before, 2)
    return [
        *shown,
        f"+{change}" if before is not None and after is not None and after - before >= 5000 else change,
    ]


def _joined(words: Sequence[str], texts: Texts) -> str:
    """A list in a sentence."""
    *others, last = words
    return f"{', '.join(others)}{texts['difference', 'and']}{last}" if others else last


def _years(years: Sequence[int]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
