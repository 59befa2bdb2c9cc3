"""What stands beside the statement of one contract, and why they differ, by payment form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bekostiging.actuals import YearFigures
from bekostiging.case.errors import Said
from bekostiging.case.year_tables import ControlTotal, Deduction, Statement
from bekostiging.settlement.sheet import REASONS
from bekostiging.settlement.statement import ContractSettlement
from bekostiging.store import Found, MessageTotals
from bekostiging.units import CENTS

SIDES: dict[str, Said] = {
    "authorised": ("toegewezen", "authorised"),
    "claimed": ("gedeclareerd", "claimed"),
    "contract": ("contract met index en opslag, zonder wijzigingsbrieven", "contract with index and loading, no letters"),
    "letters": ("wijzigingsbrieven", "change letters"),
    "advances": ("voorschotten betaald", "advances paid"),
    "starts": ("begonnen trajecten (startberichten)", "trajectories begun (start messages)"),
    "stops": ("beëindigde trajecten (stopberichten)", "trajectories ended (stop messages)"),
    "clients": ("cliënten in zorg volgens berichten", "clients in care by messages"),
    "clients_stated": ("cliënten volgens de verantwoording", "clients by the statement"),
    "stated": ("productieverantwoording", "production statement"),
    "recognised": ("erkend", "recognised"),
}  # fmt: skip
"""What each side is, in words."""
MESSAGES: Said = ("berichten in de regio-opslag", "messages in the region store")
NOT_CLAIMED: Said = ("in de verantwoording, niet gedeclareerd", "in the statement, not claimed")
NOT_SEEN: Said = ("cliënten die niet in de berichten staan", "clients that are not in the messages")


@dataclass(frozen=True)
class Side:
    """One of the things that must fit together: euro or a count, and where it comes from.

    Parameters
    ----------
    key : str
        Its name; ``SIDES`` has its words.
    cents : int or None
        Of an amount.
    count : float or None
        Of a count.
    source : tuple of str
        In Dutch and in English.

    Examples
    --------
    >>> Side("starts", None, 12.0, ("berichten", "messages")).said
    ('begonnen trajecten (startberichten)', 'trajectories begun (start messages)')
    """

    key: str
    cents: int | None
    count: float | None
    source: Said

    @property
    def said(self) -> Said:
        """What it is."""
        return SIDES[self.key]


@dataclass(frozen=True)
class MatchRow:
    """One reason in one contract; cents.

    Parameters
    ----------
    provider, lot : str
        Of the contract.
    code : str
        As in table ``deductions``, or ``not_claimed`` and ``not_seen`` of totals that differ.
    reason : tuple of str
        In Dutch and in English.
    error, uncertainty : int
        What was found: what the control judged, and what messages or totals show beyond it.
    left_error, left_uncertainty : int
        What of it the settlement does not take off.
    source : tuple of str
        Who found it, in Dutch and in English.
    periods, persons : int
        Claimed periods and persons of what messages show; persons are shown from ten on.

    Examples
    --------
    >>> row = MatchRow("a", "b", "price", ("prijs", "price"), 100, 0, 40, 0, ("controle", "control"), 0, 0)
    >>> row.taken_off
    60
    """

    provider: str
    lot: str
    code: str
    reason: Said
    error: int
    uncertainty: int
    left_error: int
    left_uncertainty: int
    source: Said
    periods: int
    persons: int

    @property
    def taken_off(self) -> int:
        """What the settlement takes off."""
        return self.error + self.uncertainty - self.left_error - self.left_uncertainty


@dataclass(frozen=True)
class ContractMatch:
    """One contract: its sides and what differs.

    Parameters
    ----------
    provider, lot : str
        Of the contract.
    form : tuple of str
        Payment form, in Dutch and in English.
    lump_sum : bool
        Whether it is matched as a lump sum.
    sides : tuple of Side
        What is known, in the order of the match.
    missing : tuple of str
        Keys of the sides of which nothing is known.
    rows : tuple of MatchRow
        Differences by reason.

    Examples
    --------
    >>> ContractMatch("a", "b", ("taakgericht", "lump sum"), True, (), ("clients",), ()).left
    0
    """

    provider: str
    lot: str
    form: Said
    lump_sum: bool
    sides: tuple[Side, ...]
    missing: tuple[str, ...]
    rows: tuple[MatchRow, ...]

    @property
    def left(self) -> int:
        """What is left of errors and uncertainties, cents."""
        return sum(row.left_error + row.left_uncertainty for row in self.rows)

    def cents(self, key: str) -> int | None:
        """The amount of a side; None where it is not known."""
        return next((side.cents for side in self.sides if side.key == key), None)

    def count(self, key: str) -> float | None:
        """The count of a side; None where it is not known."""
        return next((side.count for side in self.sides if side.key == key), None)


def contract_match(
    year: int, one: ContractSettlement, figures: YearFigures, found: Sequence[Found], totals: MessageTotals | None
) -> ContractMatch:
    """The match of one contract; ``found`` and ``totals``: what messages show of it."""
    own = Evidence(year, one, figures, totals)
    lump_sum = any(line.key == "indexed" for line in one.lines)
    sides = own.lump_sum() if lump_sum else own.tariff()
    known = tuple(side for side in sides if side.cents is not None or side.count is not None)
    missing = tuple(side.key for side in sides if side.cents is None and side.count is None)
    partial = ContractMatch(one.provider, one.lot, one.form, lump_sum, known, missing, ())
    rows = [*_by_reason(one, own.deductions, found), *_by_total(one, partial, messages=totals is not None)]
    return ContractMatch(one.provider, one.lot, one.form, lump_sum, known, missing, _joined(rows))


class Evidence:
    """What figures and messages say of one contract in one year."""

    def __init__(
        self, year: int, one: ContractSettlement, figures: YearFigures, totals: MessageTotals | None
    ) -> None:
        self.year, self.one, self.figures, self.totals = year, one, figures, totals
        self.deductions = [row for row in self._own(figures.deductions) if isinstance(row, Deduction)]
        typed = [row for row in self._own(figures.control_totals) if isinstance(row, ControlTotal)]
        self.typed = typed[0] if typed else None

    def _own(self, rows: Iterable[object]) -> list[object]:
        """Rows of the contract and year."""
        where = (self.one.provider, self.one.lot, self.year)
        return [row for row in rows if tuple(getattr(row, name) for name in ("provider", "lot", "year")) == where]

    def _side(self, key: str, *, euro: bool) -> Side:
        """A side that was typed, else what messages say."""
        value = getattr(self.typed, key, None)
        source: Said = ("", "")
        if value is not None and self.typed is not None:
            source = (self.typed.document, self.typed.document)
            value = round(value * CENTS) if euro else value
        elif self.totals is not None:
            value, source = getattr(self.totals, key), MESSAGES
        return Side(key, value, None, source) if euro else Side(key, None, value, source)

    def tariff(self) -> list[Side]:
        """Authorisation, claim, statement, and what is recognised."""
        claimed = self._side("claimed", euro=True)
        return [
            self._side("authorised", euro=True),
            claimed if claimed.cents is not None else self._claimed(),
            self._stated(),
            self._recognised(),
        ]

    def _claimed(self) -> Side:
        """What the months say was claimed, else what was paid of claims."""
        one, year = self.one, f"{self.year}-"
        months = [
            row
            for row in self.figures.of_contract(self.figures.actuals, one.provider, one.lot)
            if row.month.startswith(year)
        ]
        if months:
            source = "; ".join(dict.fromkeys(row.document for row in months))
            return Side("claimed", round(sum(row.euros for row in months) * CENTS), None, (source, source))
        paid = [line for line in one.lines if line.key == "claims_paid"]
        if paid:
            return Side("claimed", -paid[0].cents, None, (paid[0].source, paid[0].source))
        return Side("claimed", None, None, ("", ""))

    def lump_sum(self) -> list[Side]:
        """Contract, change letters, advances, starts and stops, statement, and what is recognised."""
        one = self.one
        letters = [line for line in one.lines if line.key.startswith("letter_")]
        source = "; ".join(line.source for line in letters)
        advances = [line for line in one.lines if line.key == "advance"]
        paid = Side("advances", None, None, ("", ""))
        if advances:
            paid = Side("advances", -advances[0].cents, None, (advances[0].source, advances[0].source))
        reference = next(line.source for line in one.lines if line.key == "reference")
        budget = one.cents("budget") - sum(line.cents for line in letters)
        return [
            Side("contract", budget, None, (reference, reference)),
            Side("letters", sum(line.cents for line in letters) if letters else None, None, (source, source)),
            paid,
            *(self._side(key, euro=False) for key in ("starts", "stops", "clients")),
            self._clients(),
            self._stated(),
            self._recognised(),
        ]

    def _clients(self) -> Side:
        """Clients that the statement counts; None where any row has none."""
        rows = [row for row in self._own(self.figures.statements) if isinstance(row, Statement)]
        counts = [row.clients for row in rows if row.clients is not None]
        source = "; ".join(dict.fromkeys(row.document for row in rows))
        whole = sum(counts) if rows and len(counts) == len(rows) else None
        return Side("clients_stated", None, whole, (source, source))

    def _stated(self) -> Side:
        """The value of the care that the provider states."""
        line = next(line for line in self.one.lines if line.key == "delivered")
        source = (line.estimated[0], line.estimated[1]) if line.estimated else (line.source, line.source)
        return Side("stated", line.cents, None, source)

    def _recognised(self) -> Side:
        """What is left of it after what may not be claimed and what the control takes off."""
        lines = self.one.lines
        kept = [line for line in lines if line.key in ("delivered", "not_claimable")]
        kept += [line for line in lines if line.key.startswith("deduction_")]
        return Side("recognised", sum(line.cents for line in kept), None, ("afrekening", "settlement"))


def _by_reason(
    one: ContractSettlement, deductions: Sequence[Deduction], found: Sequence[Found]
) -> Iterable[MatchRow]:
    """What the control judged of each reason, and what messages show beyond it."""
    for code, reason in REASONS.items():
        judged = [row for row in deductions if row.reason == code]
        shown = [row for row in found if row.reason == code]
        if not judged and not shown:
            continue
        error, unsure = (
            sum(round(row.euros * CENTS) for row in judged if row.finding == name)
            for name in ("error", "uncertainty")
        )
        seen_error, seen_unsure = (
            sum(row.cents for row in shown if row.finding == name) for name in ("error", "uncertainty")
        )
        beyond = max(0, seen_error + seen_unsure - error - unsure)
        left_unsure = min(beyond, seen_unsure)
        left_error = beyond - left_unsure
        names: list[Said] = [("controle", "control")] * bool(judged) + [("berichten", "messages")] * bool(shown)
        source = (" en ".join(name[0] for name in names), " and ".join(name[1] for name in names))
        periods, persons = sum(row.periods for row in shown), sum(row.persons for row in shown)
        yield MatchRow(
            one.provider, one.lot, code, reason, error + left_error, unsure + left_unsure, left_error, left_unsure, source,
            periods, persons,
        )  # fmt: skip


def _by_total(one: ContractSettlement, own: ContractMatch, *, messages: bool) -> Iterable[MatchRow]:
    """Totals that do not fit: claimed above authorised, stated and not claimed, clients that no message has."""
    source: Said = ("verschil van totalen", "difference of totals")

    def row(code: str, reason: Said, error: int, unsure: int) -> MatchRow:
        """A difference, all of it left."""
        return MatchRow(one.provider, one.lot, code, reason, error, unsure, error, unsure, source, 0, 0)

    stated, claimed, authorised = own.cents("stated"), own.cents("claimed"), own.cents("authorised")
    if own.lump_sum:
        told, seen = own.count("clients_stated"), own.count("clients")
        if told and seen is not None and stated is not None and told > seen:
            yield row("not_seen", NOT_SEEN, 0, round(stated * (told - seen) / told))
        return
    # with messages every claim was held against its own authorisation
    if not messages and claimed is not None and authorised is not None and claimed > authorised:
        yield row("above_authorisation", REASONS["above_authorisation"], claimed - authorised, 0)
    if claimed is not None and stated is not None:
        payable = stated + one.cents("not_claimable") + one.cents("above_ceiling")
        if payable > claimed:
            yield row("not_claimed", NOT_CLAIMED, 0, payable - claimed)


def _joined(rows: Sequence[MatchRow]) -> tuple[MatchRow, ...]:
    """One row per reason: of a total that differs counts what lies beyond what was found already."""
    found: dict[str, MatchRow] = {}
    for row in rows:
        before = found.get(row.code)
        if before is None:
            found[row.code] = row
            continue
        beyond = max(0, row.error + row.uncertainty - before.error - before.uncertainty)
        source = (f"{before.source[0]} en {row.source[0]}", f"{before.source[1]} and {row.source[1]}")
        found[row.code] = MatchRow(
            before.provider, before.lot, before.code, before.reason, before.error + beyond, before.uncertainty,
            before.left_error + beyond, before.left_uncertainty, source, before.periods, before.persons,
        )  # fmt: skip
    return tuple(found.values())
