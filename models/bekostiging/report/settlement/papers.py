"""What the papers of a settlement say, as blocks: the statement of a provider, that of a municipality, and the overview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.settlement.match import match_blocks
from bekostiging.settlement import ContractSettlement, Line, Match, YearSettlement, match_year
from bekostiging.settlement.ledger import Part
from bekostiging.units import CENTS

CHAPTERS: tuple[Part, ...] = ("budget", "base", "corridor", "clauses", "paid", "earlier")
_ROMAN = ("I", "II", "III", "IV", "V", "VI")


@dataclass
class Papers:
    """The papers of one settlement in one language."""

    settled: YearSettlement
    texts: Texts
    given: Match | None = None
    names: dict[str, str] = field(init=False)
    match: Match = field(init=False)

    def __post_init__(self) -> None:
        """Look the names up once; without a match that was made with a store, that of the typed tables."""
        self.names = names_of(self.settled.case, self.texts.lang)
        self.match = match_year(self.settled) if self.given is None else self.given
        self.place = 0 if self.texts.lang == "nl" else 1

    def said(self, key: str, **places: object) -> str:
        """A text of the settlement."""
        return self.texts["settlement", key].format(**places)

    def money(self, cents: int) -> str:
        """Cents as euro with two decimals."""
        return self.texts.numbers.plain(cents / CENTS, 2)

    @property
    def subject(self) -> str:
        """Status and day."""
        day = self.settled.today
        shown = f"{day:%d-%m-%Y}" if self.texts.lang == "nl" else f"{day:%Y-%m-%d}"
        return self.said("subject", status=self.said(self.settled.status), day=shown)

    def of_provider(self, provider: str) -> list[Block]:
        """Everything of one provider: its own contracts, then those of its subcontractors."""
        rows = self.settled.case.contracts
        own = [one for one in self.settled.contracts if one.provider == provider]
        subs = [one for one in self.settled.contracts if rows[one.contract].main_contractor == provider]
        paid = [one for one in own if not rows[one.contract].main_contractor] + subs
        blocks: list[Block] = list(self._answer(sum(one.to_pay for one in paid), self.names[provider]))
        for one in own:
            form = one.form[self.place]
            blocks.append(Heading(self.said("contract", lot=self.names[one.lot], form=form), 1))
            blocks += self.contract(one)
        for one in subs:
            name, lot = self.names[one.provider], self.names[one.lot]
            blocks.append(Heading(self.said("annex", name=name, lot=lot), 1))
            blocks += self.contract(one)
        return [*blocks, *self.signing()]

    def _answer(self, cents: int, name: str) -> Iterator[Block]:
        """What is to be paid, in a sentence."""
        key = "pay" if cents >= 0 else "pay_back"
        text = self.said(key, year=self.settled.year, euro=self.money(abs(cents)), name=name)
        if self.settled.status == "raming":
            text = f"{text} {self.said('estimate_only')}"
        yield Paragraph(text)

    def contract(self, one: ContractSettlement) -> Iterator[Block]:
        """Lines, municipalities, and what must be said."""
        yield self._lines(one)
        told = "; ".join(f"[{number}] {source}" for number, source in enumerate(self._sources(one), start=1))
        yield Paragraph(f"{told}.", self.said("sources"))
        row = self.settled.case.contracts[one.contract]
        if one.passed_on is not None:
            yield Paragraph(
                self.said(
                    "passed",
                    main=self.names[row.main_contractor],
                    euro=self.money(one.passed_on),
                    name=self.names[one.provider],
                )
            )
        if one.disputed:
            numbers = self.texts.numbers
            yield Paragraph(
                self.said("disputed", disputed=numbers.plain(one.disputed, 2), held=self.money(abs(one.held)))
            )
        yield self._parts(one)
        if one.booked is not None and one.difference is not None:
            side = self.said("higher" if one.difference >= 0 else "lower")
            yield Paragraph(
                self.said(
                    "booked",
                    year=self.settled.year,
                    booked=self.money(one.booked),
                    euro=self.money(abs(one.difference)),
                    side=side,
                    now=self.settled.today.year,
                )
            )
        if estimated := one.estimates:
            yield Heading(self.said("estimates"), 2)
            yield Points([self._estimate(line) for line in estimated])
        yield from self._moved(one)

    def _estimate(self, line: Line) -> str:
        why = line.estimated[self.place] if line.estimated else ""
        return self.said("estimate_line", number=line.number, line=line.said[self.place], why=why)

    def _lines(self, one: ContractSettlement) -> Grid:
        """The statement line by line, in its chapters."""
        rows = [[self.said(key) for key in ("number", "line", "calculation", "euro")]]
        bold = []
        sources = self._sources(one)
        chapters = [part for part in CHAPTERS if any(line.part == part for line in one.lines)]
        for roman, part in zip(_ROMAN, chapters, strict=False):
            title = self.said(part, year=self.settled.year) if part == "earlier" else self.said(part)
            bold.append(len(rows))
            rows.append(["", f"{roman}. {title}", "", ""])
            for line in one.lines:
                if line.part != part:
                    continue
                if line.kind == "total":
                    bold.append(len(rows))
                words = line.words[self.place]
                if line.estimated:
                    words = f"{words} ({self.said('estimated')})" if words else self.said("estimated")
                if line.source and line.source != words:
                    words = f"{words} [{sources.index(line.source) + 1}]".strip()
                rows.append([str(line.number), line.said[self.place], words, self.money(line.cents)])
        caption = self.said("statement", lot=self.names[one.lot])
        return Grid(rows, caption, self.said("rounding"), numbers=False, totals=bold, right=(0, 3))

    def _sources(self, one: ContractSettlement) -> list[str]:
        """Documents that lines refer to by their number."""
        return list(dict.fromkeys(line.source for line in one.lines if line.source))

    def _parts(self, one: ContractSettlement) -> Grid:
        """What each municipality pays."""
        keys = ("municipality", "share", "determined", "paid_part", "balance", "earlier_part", "to_pay")
        rows = [[self.said(key, year=self.settled.year) for key in keys]]
        for part in one.parts:
            amounts = (part.determined, part.paid, part.balance, part.earlier, part.to_pay)
            share = self.texts.numbers.percent(part.share, 2)
            rows.append([self.names[part.municipality], share, *map(self.money, amounts)])
        total = [
            sum(getattr(part, name) for part in one.parts)
            for name in ("determined", "paid", "balance", "earlier", "to_pay")
        ]
        rows.append([self.said("together"), self.texts.numbers.percent(1.0), *map(self.money, total)])
        caption = self.said("parts", lot=self.names[one.lot])
        return Grid(rows, caption, totals=(len(rows) - 1,))

    def _moved(self, one: ContractSettlement) -> Iterator[Block]:
        """Lines that differ from an earlier settlement."""
        previous = self.settled.previous
        before = None if previous is None else previous.of(one.provider, one.lot)
        if previous is None or before is None:
            return
        status = self.said(previous.status)
        rows = [[self.said(key) for key in ("line", "then", "now", "difference")]]
        for line in one.lines:
            then = before.lines.get(line.key, 0)
            if line.part != "earlier" and then != line.cents:
                rows.append([line.said[self.place], *map(self.money, (then, line.cents, line.cents - then))])
        if one.correction:
            yield Paragraph(self.said("correction", why=one.correction))
        if len(rows) == 1:
            yield Paragraph(self.said("nothing_moved", day=previous.drawn_up))
            return
        yield Grid(rows, self.said("moved", day=previous.drawn_up, status=status))

    def signing(self) -> list[Block]:
        """Who signs, empty to be filled."""
        rows = [[self.said(key) for key in ("role", "who", "day")]]
        rows += [[self.said(key), "", ""] for key in ("drawn_up", "checked", "answered", "approved")]
        caption = self.said("signing")
        return [Heading(caption, 1), Grid(rows, caption, self.said("signing_note"), numbers=False)]

    def of_municipality(self, code: str) -> list[Block]:
        """What one municipality pays, by contract and by taakveld."""
        place = next(m for m, row in enumerate(self.settled.case.municipalities) if row.code == code)
        keys = ("provider", "lot", "determined", "paid_part", "balance", "earlier_part", "to_pay")
        rows = [[self.said(key, year=self.settled.year) for key in keys]]
        total = [0] * 5
        for one in self.settled.contracts:
            part = one.parts[place]
            amounts = [part.determined, part.paid, part.balance, part.earlier, part.to_pay]
            total = [before + now for before, now in zip(total, amounts, strict=True)]
            rows.append([self.names[one.provider], self.names[one.lot], *map(self.money, amounts)])
        rows.append([self.said("together"), "", *map(self.money, total)])
        grid = Grid(rows, self.said("of_contracts"), totals=(len(rows) - 1,), right=(2, 3, 4, 5, 6))
        key = "pays" if total[-1] >= 0 else "gets_back"
        name = self.settled.case.municipalities[place].name
        text = self.said(key, year=self.settled.year, name=name, euro=self.money(abs(total[-1])))
        if self.settled.status == "raming":
            text = f"{text} {self.said('estimate_only')}"
        return [Paragraph(text), Heading(self.said("of_contracts"), 1), grid, *self._by_taakveld(place)]

    def _by_taakveld(self, place: int) -> list[Block]:
        """Determined, and the difference with what was booked, by taakveld."""
        names = ("taakvelden", "differences", "corrections")
        sums: dict[str, dict[str, int]] = {name: {} for name in names}
        for one in self.settled.contracts:
            for name, own in sums.items():
                for code, cents in getattr(one.parts[place], name).items():
                    own[code] = own.get(code, 0) + cents
        kept = [name for name in names if sums[name]]
        heads = dict(zip(names, ("determined", "settled_difference", "corrections"), strict=True))
        rows = [[self.said("taakveld"), *(self.said(heads[name]) for name in kept)]]
        rows += [
            [code, *(self.money(sums[name][code]) if code in sums[name] else "" for name in kept)]
            for code in sorted(sums["taakvelden"])
        ]
        rows.append([self.said("together"), *(self.money(sum(sums[name].values())) for name in kept)])
        note = self.said("difference_note", now=self.settled.today.year, year=self.settled.year)
        title = self.said("by_taakveld")
        return [Heading(title, 1), Grid(rows, title, note if len(kept) > 1 else "", totals=(len(rows) - 1,))]

    def answer(self) -> str:
        """All contracts together, in a sentence."""
        determined, paid, _, _, to_pay = self._together()
        text = self.said(
            "overview_answer",
            n=len(self.settled.contracts),
            year=self.settled.year,
            determined=self.money(determined),
            paid=self.money(paid),
            to_pay=self.money(to_pay),
        )
        return f"{text} {self.said('estimate_only')}" if self.settled.status == "raming" else text

    def _together(self) -> tuple[int, int, int, int, int]:
        """Determined, paid, balance, earlier years and to be paid, of all contracts; cents."""
        contracts = self.settled.contracts
        paid = sum(part.paid for one in contracts for part in one.parts)
        determined, earlier, to_pay = (
            sum(getattr(one, key) for one in contracts) for key in ("determined", "earlier", "to_pay")
        )
        return determined, paid, determined - paid, earlier, to_pay

    def overview(self) -> list[Block]:
        """All contracts, the match, and what was remarked."""
        contracts = self.settled.contracts
        keys = ("provider", "lot", "determined", "paid_part", "balance", "earlier_part", "to_pay")
        rows = [[self.said(key, year=self.settled.year) for key in keys]]
        for one in contracts:
            own = sum(part.paid for part in one.parts)
            amounts = (one.determined, own, one.balance, one.earlier, one.to_pay)
            rows.append([self.names[one.provider], self.names[one.lot], *map(self.money, amounts)])
        rows.append([self.said("together"), "", *map(self.money, self._together())])
        grid = Grid(
            rows, self.said("of_contracts"), self.said("conserved"), totals=(len(rows) - 1,), right=(2, 3, 4, 5, 6)
        )
        return [
            Paragraph(self.answer()),
            grid,
            *self._pools(),
            *match_blocks(self),
            *self._remarks(),
            Heading(self.said("papers"), 1),
        ]

    def _pools(self) -> list[Block]:
        """What pools of providers move, which adds up to nothing."""
        rows = [[self.said(key) for key in ("provider", "lot", "euro")]]
        moved = [
            (one, line.cents)
            for one in self.settled.contracts
            for line in one.lines
            if line.key == "provider_pool"
        ]
        if not moved:
            return []
        rows += [[self.names[one.provider], self.names[one.lot], self.money(cents)] for one, cents in moved]
        rows.append([self.said("together"), "", self.money(sum(cents for _, cents in moved))])
        return [Grid(rows, self.said("pool"), totals=(len(rows) - 1,), right=(2,))]

    def _remarks(self) -> Sequence[Block]:
        """What was read and must be known."""
        notes = [note[self.texts.lang] for note in self.settled.notes]
        return [Heading(self.said("remarks"), 1), Points(notes)] if notes else []
