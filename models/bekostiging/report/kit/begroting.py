"""The budget table of page one: which amount goes into the begroting, and with which certainty it is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from bekostiging.case import Case
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.national import national_measures
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import TERM, TOTAL, Comparison, figures
from bekostiging.evaluation.begroting_table import BudgetLine, BudgetTable
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, side_by_side_table
from bekostiging.report.kit.sections import Section
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy
from bekostiging.studies.national import national_effect
from bekostiging.units import THOUSAND
from bekostiging_solvers import Estimate

Table = list[list[str]]
AMOUNTS: tuple[Callable[[BudgetLine], float], ...] = (
    lambda line: line.expected.value,
    lambda line: line.certain.value,
    lambda line: line.headroom,
    lambda line: line.room,
)
"""Columns of the table: expected, amount at the council's certainty, begroot, room."""
CERTAIN = 1
"""The column that never adds up."""
ROOM = 3
"""The column with a sign."""
AMPLE = 0.1
"""Part of what is expected from which room asks whether the begroting has to pay for other care too."""
TODAY: Literal["mix"] = "mix"
"""Every lot in its payment form of today."""


class BudgetPage:
    """The tables for the begroting, in thousands of euro.

    Parameters
    ----------
    case : Case
        Gives names, and the payment forms of today.
    tables : dict of str to BudgetTable
        By payment form, and every lot as it is paid today (``TODAY``) where lots differ.
    form : str
        That of the tables by year and municipality.
    texts : Texts
        Words of a language.
    national : float, optional
        What chosen national measures do to expected spending over the term under that form, euro; None where none is.
    """

    def __init__(
        self, case: Case, tables: dict[str, BudgetTable], form: str, texts: Texts, national: float | None = None
    ) -> None:
        self.case, self.tables, self.form, self.texts, self.national = case, tables, form, texts, national
        self.names = {row.code: name_in(row, texts.lang) for row in case.municipalities}
        self.codes = case.reported_codes
        self.years = tuple(int(period) for period in tables[form].lines[TOTAL] if period != TERM)

    @classmethod
    def of_comparison(cls, outcome: Comparison, texts: Texts) -> BudgetPage:
        """Every form; the lump sum where there is one, else payment per delivery, is shown by year."""
        tables = {str(form): outcome.budget(form) for form in outcome.forms}
        if outcome.mix is not None:
            tables[TODAY] = outcome.budget(TODAY)
        form = begroting_form(outcome)
        return cls(outcome.case, tables, form, texts, national_effect(outcome).get(form))

    @classmethod
    def of_lump_sum(cls, study: LumpSumStudy, texts: Texts) -> BudgetPage | None:
        """The lump sum alone; None without a design."""
        return None if study.budget is None else cls(study.case, {LUMP_SUM: study.budget}, LUMP_SUM, texts)

    @property
    def forms(self) -> list[str]:
        """The forms that are shown, as it is paid today first."""
        shown = {TODAY, self.form, *shown_forms(self.case)}
        return sorted((form for form in self.tables if form in shown), key=lambda form: form != TODAY)

    def section(self) -> Section:
        """As it stands on the page."""
        said, table = self.texts.sections["budget"], self.tables[self.form]
        note = said["note"].format(form=self._name(self.form), certainty=self._certainty)
        by_form = [self._by_form()] if len(self.tables) > 1 else []
        head, *rows = self._by_year(table, TOTAL)
        return Section(
            title=said["title"],
            tables=[[head, *self._before(), *rows], *by_form],
            numbers=True,
            small=(note, *self._national_told(), *self.undesigned()),
        )

    def _national_told(self) -> tuple[str, ...]:
        """Which national measures are in the line of them, with their chance."""
        if self.national is None:
            return ()
        said, percent = self.texts.sections["budget"], self.texts.numbers.percent
        names = "; ".join(
            said["national_chance"].format(name=one.name[self.texts.lang], chance=percent(one.rows[0].chance))
            for one in national_measures(self.case)
            if one.chosen
        )
        return (said["national_note"].format(names=names),)

    def undesigned(self) -> tuple[str, ...]:
        """What stands for a lump sum that does not exist; empty where there is a design."""
        return (
            () if self.form == LUMP_SUM or LUMP_SUM not in self.tables else (self.texts["budget", "undesigned"],)
        )

    def year_table(self, place: str) -> Table:
        """A row per year, the term and what lies outside the contracts, of a municipality or all of them, header first."""
        return self._by_year(self.tables[self.form], place)

    def by_municipality(self) -> Section | None:
        """Every municipality and year; None where there is one municipality."""
        if len(self.codes) == 1:
            return None
        said, table = self.texts.sections["budget"], self.tables[self.form]
        adds_up = said["sharing_note" if min(table.sharing.values()) < 0 else "no_sharing_note"]
        return Section(
            title=said["by_municipality"].format(form=self._name(self.form)),
            notes=(adds_up,),
            tables=[self._by_municipality(table)],
            numbers=True,
        )

    def answers(self) -> list[str]:
        """The amounts in three sentences, out of the lines of the table."""
        said, years, own = self.texts.sections["budget"], self.years, self.tables[self.form].lines[TOTAL]
        first, last = own[str(years[0])].expected.value, own[str(years[-1])].expected.value
        rises = (
            ""
            if len(years) == 1
            else said["rising" if last >= first else "falling"].format(
                last=self._millions(last),
                year=years[-1],
                n=len(years),
                term=self._millions(own[TERM].expected.value),
            )
        )
        room = own[TERM].room
        beside = (
            "ample"
            if room > AMPLE * own[TERM].expected.value
            else "enough"
            if _rounded(room) > 0
            else "short"
            if _rounded(room) < 0
            else "equal"
        )
        return [
            said["answer"].format(place=self._together_said, year=years[0], first=self._millions(first), rises=rises),
            said["amount"].format(certainty=self._certainty, amount=self._millions(own[TERM].certain.value)),
            said[beside].format(headroom=self._millions(own[TERM].headroom), room=self._millions(abs(room))),
        ]  # fmt: skip

    def _millions(self, euro: float) -> str:
        return self.texts.numbers.millions(euro)

    @property
    def _together_said(self) -> str:
        """The municipalities in a sentence."""
        return (
            self.names[self.codes[0]] if len(self.codes) == 1 else self.texts.sections["budget"]["municipalities"]
        )

    @property
    def _certainty(self) -> str:
        return self.texts.numbers.percent(self.case.policy.certainty)

    def _head(self, first: str) -> list[str]:
        said = self.texts.sections["budget"]
        return [
            first,
            said["expected"],
            said["certain"].format(certainty=self._certainty),
            said["headroom"],
            said["room"],
        ]

    def _by_year(self, table: BudgetTable, place: str) -> Table:
        """A row per year, what the years share, the term, and what lies outside the contracts."""
        said, own = self.texts.sections["budget"], table.lines[place]
        years = [str(year) for year in self.years]
        rows = [[year, *self._cells(own[year])] for year in years]
        if len(years) > 1:
            rows += self._closing(
                [own[year] for year in years], own[TERM], table.over_years[place], said["over_years"]
            )
            rows.append([self.term, *self._cells(own[TERM])])
        if place == TOTAL and self.national is not None:
            rows += self._with_national(own[TERM], self.national)
        rows += self._programme(own[TERM])
        return [self._head(self._together if place == TOTAL else self.names[place]), *rows]

    def _with_national(self, line: BudgetLine, effect: float) -> Table:
        """What chosen national measures change, and what is expected and left with them."""
        said = self.texts.sections["budget"]
        after = _rounded(line.expected.value) + _rounded(effect)
        cells = [
            self.texts.numbers.plain(after),
            "",
            self._thousands(line.headroom),
            self._signed(_rounded(line.headroom) - after),
        ]
        return [
            [said["national"], self._thousands(effect, signed=True), "", "", ""],
            [said["with_national"].format(term=self.term), *cells],
        ]

    def _programme(self, line: BudgetLine) -> Table:
        """From what is begroot for the contracts to the whole programme, and its balance where contributions are known."""
        said, plain = self.texts.sections["budget"], self.texts.numbers.plain
        steps = [(said["outside"], _rounded(line.outside)), (said["programme"], _rounded(line.programme))]
        upto = _rounded(line.headroom) + _rounded(line.outside)
        amounts = [steps[0], *self._rest(steps[1][1] - upto), steps[1]]
        rows = [[label, "", "", plain(thousands), ""] for label, thousands in amounts]
        if line.contributions is None:
            return [*rows, [said["no_contributions"], "", "", "", ""]]
        received, balance = _rounded(line.contributions), _rounded(line.programme - line.contributions)
        last = [
            (said["contributions"], -received),
            *self._rest(balance - steps[1][1] + received),
            (said["balance"], balance),
        ]
        return [*rows, *([label, "", "", plain(thousands), ""] for label, thousands in last)]

    def _rest(self, thousands: int) -> list[tuple[str, int]]:
        """What rounding leaves between amounts and their sum."""
        return [(self.texts.sections["budget"]["rounding"], thousands)] if thousands else []

    def _signed(self, thousands: int) -> str:
        return self._thousands(thousands * THOUSAND, signed=True)

    def _before(self) -> Table:
        """The revenue of today's contracts in the last year before, where every contract has it of one year and no other
        municipality pays a part."""
        case = self.case
        years = {case.year_of_revenue(row) for row in case.contracts if row.revenue > 0}
        known = case.contracts and all(row.revenue > 0 for row in case.contracts) and len(years) == 1
        if not known or len(self.codes) < len(case.municipalities):
            return []
        euro = sum(row.revenue for row in case.contracts)
        label = self.texts.sections["budget"]["old_contracts"].format(year=next(iter(years)))
        return [[label, self._thousands(euro), "", "", ""]]

    def _by_municipality(self, table: BudgetTable) -> Table:
        """A row per municipality, year and together."""
        said = self.texts.sections["budget"]
        rows: Table = []
        for period in (*(str(year) for year in self.years), TERM):
            label = self.term if period == TERM else period
            parts = [table.lines[code][period] for code in self.codes]
            rows += [
                [f"{label} {self.names[code]}", *self._cells(one)]
                for code, one in zip(self.codes, parts, strict=True)
            ]
            whole, sharing = table.lines[TOTAL][period], table.sharing[period]
            rows += self._closing(parts, whole, sharing, said["sharing" if sharing <= 0 else "no_sharing"])
            rows.append([f"{label} {self._together}", *self._cells(whole)])
        return [self._head(""), *rows]

    def _by_form(self) -> Table:
        """The whole term under every form, as it is paid today first."""
        today = {str(lot.payment_form) for lot in self.case.lots}
        rows = []
        for form in self.forms:
            name = self._name(form)
            if today == {form}:
                name = f"{name} {self.texts.sections['budget']['as_today']}"
            rows.append([name, *self._cells(self.tables[form].lines[TOTAL][TERM])])
        return [self._head(self.texts.sections["budget"]["form"].format(term=self.term)), *rows]

    def _closing(self, parts: Sequence[BudgetLine], whole: BudgetLine, shared: float, label: str) -> Table:
        """Between the parts and their total: what the amounts share, and what rounding leaves in the other columns."""
        rows = (
            [] if self._thousands(shared) == "0" else [[label, "", self._thousands(shared, signed=True), "", ""]]
        )
        left = [""] * len(AMOUNTS)
        for column, amount in enumerate(AMOUNTS):
            adds = sum(_rounded(amount(one)) for one in parts) + (_rounded(shared) if column == CERTAIN else 0)
            over = _rounded(amount(whole)) - adds
            left[column] = "" if over == 0 else self._thousands(over * THOUSAND, signed=True)
        return [*rows, [self.texts.sections["budget"]["rounding"], *left]] if any(left) else rows

    def _cells(self, line: BudgetLine) -> list[str]:
        return [self._thousands(amount(line), signed=k == ROOM) for k, amount in enumerate(AMOUNTS)]

    def _thousands(self, euro: float, *, signed: bool = False) -> str:
        text = self.texts.numbers.plain(_rounded(euro))
        return f"+{text}" if signed and _rounded(euro) > 0 else text

    @property
    def _together(self) -> str:
        if len(self.codes) == 1:
            return self.names[self.codes[0]]
        return self.texts.sections["budget"]["together"]

    @property
    def term(self) -> str:
        """The contract years, as the row of the whole term is called."""
        first, last = self.years[0], self.years[-1]
        return str(first) if first == last else f"{first}–{last}"

    def _name(self, form: str) -> str:
        return self.texts["page", "mix"] if form == TODAY else self.texts["forms", form]

    def rows(self) -> Iterator[Row]:
        """Every amount in euro, long, for CSV and workbook."""
        for form, table in self.tables.items():
            for place, own in table.lines.items():
                for period, line in own.items():
                    where: dict[str, Cell] = {
                        "form": form if form in PAYMENT_FORMS else TODAY,
                        "municipality": self.texts["columns", "total"] if place == TOTAL else place,
                        "year": self.texts["columns", "term"] if period == TERM else int(period),
                    }
                    found: dict[figures.Figure, Estimate | float | None] = {
                        figures.EXPECTED: line.expected,
                        figures.CERTAIN: line.certain,
                        figures.HEADROOM: line.headroom,
                        figures.ROOM: line.room,
                        figures.OUTSIDE: line.outside,
                        figures.CONTRIBUTIONS: line.contributions,
                    }
                    for figure, value in found.items():
                        yield where | estimated(figure, value)


def begroting_form(outcome: Comparison) -> PaymentForm:
    """The payment form of the amounts by year, taakveld and lot: the lump sum where there is one, else per delivery."""
    return LUMP_SUM if outcome.lumpsum.design.feasible else BASELINE


def municipal_budget_table(page: BudgetPage) -> LongTable:
    """Every amount in euro, for CSV and workbook."""
    return side_by_side_table("municipal_budget", ("form", "municipality", "year"), page.rows())


def _rounded(euro: float) -> int:
    """Thousands of euro."""
    return round(euro / THOUSAND)
