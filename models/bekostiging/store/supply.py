"""Who delivers what at which price: providers, prices as sums over sums, shares of the starts, revenue of contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bekostiging.case.errors import Note
from bekostiging.case.tables import Contract
from bekostiging.store.database import Store
from bekostiging.store.estimates import FormEstimates
from bekostiging.store.evidence import FEWEST, Evidence
from bekostiging.units import CENTS

OTHERS = "overige-aanbieders"
"""Providers with fewer than ten clients in a lot, together."""
BY_FORM = """FROM paid JOIN products AS p ON p.law = paid.law AND p.code = paid.product
AND paid.begins BETWEEN p.first AND p.last"""
"""Claims that stand, with the care form of each."""


@dataclass(frozen=True)
class Price:
    """Euro per unit, of so many lines."""

    value: float
    lines: int


class Supply:
    """Reads providers, prices and contracts of the base year from a store with rebuilt trajectories.

    Parameters
    ----------
    store : Store
    base_year : int
    estimates : sequence of FormEstimates
        Of every care form that has trajectories.
    lots : dict of str to str
        Lot of every care form.
    """

    def __init__(
        self, store: Store, base_year: int, estimates: Sequence[FormEstimates], lots: Mapping[str, str]
    ) -> None:
        self.store, self.base_year, self.estimates, self.lots = store, base_year, estimates, lots
        self.forms = {one.care_form for one in estimates}
        self.evidence: list[Evidence] = []
        self.notes: list[Note] = []
        self.kept = self._providers()
        self.prices = self._prices()
        self.shares = self._shares()
        self.contracts = self._contracts()

    def _providers(self) -> dict[tuple[str, str], str]:
        """By (provider, lot): itself, or the others together where it has fewer than ten clients in the base year."""
        rows = self.store.rows(
            f"""SELECT provider, p.lot, count(DISTINCT person) {BY_FORM}
            WHERE year(paid.begins) = ? GROUP BY ALL ORDER BY ALL""",
            [self.base_year],
        )
        few = [(provider, lot) for provider, lot, persons in rows if persons < FEWEST]
        if few:
            self.notes.append(
                {
                    "nl": f"contracts: {len(few)} combinaties van aanbieder en perceel met minder dan {FEWEST} "
                    "cliënten staan samen "
                    f"onder {OTHERS}.",
                    "en": f"contracts: {len(few)} pairs of provider and lot with fewer than {FEWEST} clients stand "
                    "together as "
                    f"{OTHERS}.",
                }
            )
        return {(provider, lot): OTHERS if persons < FEWEST else provider for provider, lot, persons in rows}

    def _provider(self, provider: str, form: str) -> str:
        return self.kept.get((provider, self.lots[form]), OTHERS)

    def _prices(self) -> dict[tuple[str, str], Price]:
        """Euro per unit by provider and care form in the base year: the sum of the euros over the sum of the units."""
        rows = self.store.rows(
            f"""SELECT provider, p.care_form, sum(cents)::BIGINT, sum(CAST(volume * CASE WHEN paid.unit = p.unit THEN 1
                   WHEN paid.unit = 'minute' AND p.unit = 'hour' THEN 1 / 60.0
                   WHEN paid.unit = 'hour' AND p.unit = 'minute' THEN 60 END AS DECIMAL(18, 6)))::DOUBLE, count(*)
            {BY_FORM} WHERE year(paid.begins) = ? AND (paid.unit = p.unit OR (paid.unit IN ('minute', 'hour')
            AND p.unit IN ('minute', 'hour'))) GROUP BY ALL ORDER BY ALL""",
            [self.base_year],
        )
        sums: dict[tuple[str, str], list[float]] = {}
        for provider, form, cents, units, lines in rows:
            if form in self.forms:
                own = sums.setdefault((self._provider(provider, form), form), [0.0, 0.0, 0])
                own[0] += cents
                own[1] += units or 0.0
                own[2] += lines
        self.euros = {key: cents for key, (cents, _, _) in sums.items()}
        found = {
            key: Price(cents / CENTS / units, int(lines))
            for key, (cents, units, lines) in sums.items()
            if units > 0 < cents
        }
        for (provider, form), price in found.items():
            self.evidence.append(
                Evidence("offers", f"{provider} / {form}", "tariff", price.value, None, price.lines, "price")
            )
        return found

    def _shares(self) -> dict[tuple[str, str], float]:
        """Part of the starts of the base year by provider and care form; only of providers with a price."""
        shares: dict[tuple[str, str], float] = {}
        for one in self.estimates:
            counts: dict[str, float] = {}
            for provider, starts in one.starts_by_provider.items():
                kept = self._provider(provider, one.care_form)
                if (kept, one.care_form) in self.prices:
                    counts[kept] = counts.get(kept, 0.0) + starts
            offered = [provider for provider, form in self.prices if form == one.care_form]
            total = sum(counts.values())
            # of fewer than ten clients the part of the euros says it, which nobody can turn into a count
            few = [provider for provider in offered if 0 < counts.get(provider, 0.0) < FEWEST]
            euros = sum(self.euros[provider, one.care_form] for provider in offered)
            counts |= {provider: total * self.euros[provider, one.care_form] / euros for provider in few}
            total = sum(counts.values())
            for provider in offered:
                share = counts.get(provider, 0.0) / total if total else 1 / len(offered)
                shares[provider, one.care_form] = share
                error = (share * (1 - share) / total) ** 0.5 if total else None
                self.evidence.append(
                    Evidence(
                        "offers",
                        f"{provider} / {one.care_form}",
                        "market_share",
                        share,
                        error,
                        int(total),
                        "share",
                    )
                )
        return shares

    def _contracts(self) -> tuple[Contract, ...]:
        """Every provider in every lot in which it has prices, with its approved claims of the base year."""
        rows = self.store.rows(
            f"SELECT provider, p.lot, p.care_form, sum(cents)::BIGINT, count(*) {BY_FORM} WHERE year(paid.begins) = ?"
            " GROUP BY ALL ORDER BY ALL",
            [self.base_year],
        )
        revenue: dict[tuple[str, str], list[int]] = {}
        for provider, lot, form, cents, lines in rows:
            if form in self.forms and (self._provider(provider, form), form) in self.prices:
                own = revenue.setdefault((self._provider(provider, form), lot), [0, 0])
                own[0] += cents
                own[1] += lines
        found = []
        for (provider, lot), (cents, lines) in sorted(revenue.items()):
            self.evidence.append(
                Evidence("contracts", f"{provider} / {lot}", "revenue", cents / CENTS, None, lines, "revenue")
            )
            found.append(
                Contract(
                    provider=provider, lot=lot, revenue=cents / CENTS, revenue_year=self.base_year,
                    source=f"goedgekeurde 323 over {self.base_year}", status="own_data",
                )
            )  # fmt: skip
        return tuple(found)
