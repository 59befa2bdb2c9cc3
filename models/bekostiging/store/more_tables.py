"""The optional tables of a case that a store can fill: profiles, combinations, waiting and correlations; and months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bekostiging.case.errors import Note
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import Combination, Season
from bekostiging.store.by_year import monthly_starts, yearly_series
from bekostiging.store.common_moves import factor_correlations, together_by_month
from bekostiging.store.completed import ToCome
from bekostiging.store.estimates import FormEstimates, Measured
from bekostiging.store.evidence import FEWEST, Evidence
from bekostiging.store.profiles import Profiles, profiles
from bekostiging.store.season import season_weights
from bekostiging.store.sitting import sitting_clients
from bekostiging.store.supply import Supply
from bekostiging.store.trajectories import Rebuilt
from bekostiging.store.waiting import waiting_rows
from bekostiging.units import MONTHS

STRIKING = 2.0
"""Errors from which care forms that move together within a year are told."""


class MoreTables:
    """Reads the optional tables of a case from a store with rebuilt trajectories.

    Parameters
    ----------
    found : Rebuilt
    forms : list of FormEstimates
    supply : Supply
    base_year, first_year : int
        Of the messages, and of the contracts.
    late : dict
        What of the claims is still to come, by care form and year.
    """

    def __init__(
        self, found: Rebuilt, forms: list[FormEstimates], supply: Supply, years: tuple[int, int],
        late: Mapping[tuple[str, int], ToCome],
    ) -> None:  # fmt: skip
        self.found, self.forms, self.supply = found, forms, supply
        (self.base_year, self.first_year), self.late = years, late
        self.evidence: list[Evidence] = []
        self.notes: list[Note] = []
        prices: dict[str, float] = {}
        for (provider, form), price in supply.prices.items():
            prices[form] = prices.get(form, 0.0) + supply.shares.get((provider, form), 0.0) * price.value
        self.profiles: Profiles = profiles(found, forms, self.base_year, prices)
        self.evidence += self.profiles.evidence

    def made(self, example: Case) -> dict[str, tuple[Any, ...]]:
        """Rows by table; none where the store does not tell."""
        waiting, told = waiting_rows(self.found, self.forms, self.base_year)
        self.evidence += told
        correlations, measured = factor_correlations(
            yearly_series(self.found, self.base_year, self.late), example.risk_factors
        )
        self.evidence += [
            Evidence("correlations", key, "correlation", one.value, one.error, one.count, "correlation")
            for key, one in measured
        ]
        self._no_correlation(bool(measured))
        season = self._months()
        for form, part in sitting_clients(self.found, self.forms, self.base_year, self.first_year).items():
            self.evidence.append(
                Evidence("transition", form, "still_in_care", part.value, part.error, part.count, "sitting")
            )
        return {
            "combinations": self._combinations(), "waiting": waiting, "profiles": self.profiles.rows,
            "correlations": correlations, "season": season,
        }  # fmt: skip

    def _no_correlation(self, known: bool) -> None:
        """That risk factors stay independent where the years are too few."""
        if not known:
            self.notes.append(
                {
                    "nl": "Samenhang van risicofactoren is niet geschat: dat vraagt drie hele jaren met berichten van twee "
                    "zorgvormen, of vier; de factoren zijn onafhankelijk genomen.",
                    "en": "Correlation of risk factors is not estimated: it asks three whole years of messages of two care "
                    "forms, or four; the factors are taken as independent.",
                }
            )

    def _months(self) -> tuple[Season, ...]:
        """Weights of months; whether care forms move together within a year is told beside them."""
        rows: list[Season] = []
        names, counts, even = monthly_starts(self.found, self.base_year)
        for form, own, flat in zip(names, counts, even, strict=True):
            season = season_weights(own, flat)
            if season is None or season.starts < FEWEST * MONTHS:
                continue
            for month, (weight, error) in enumerate(zip(season.weight, season.error, strict=True), start=1):
                key = f"{form} / {month}"
                self.evidence.append(
                    Evidence("season", key, "weight", float(weight), float(error), season.starts, "season")
                )
                rows.append(
                    Season(
                        care_form=form, calendar_month=month, weight=round(float(weight), 4), status="estimated",
                        source=f"305: starts van {len(own)} hele jaren, naar gelijke maanden getrokken",
                    )
                )  # fmt: skip
        self._together(together_by_month(np.asarray(counts)))
        return tuple(rows)

    def _together(self, together: Measured | None) -> None:
        """Whether care forms move together within a year."""
        if together is None:
            return
        self.evidence.append(
            Evidence(
                "correlations", "starts", "together", together.value, together.error, together.count, "together_by_month"
            )
        )  # fmt: skip
        if abs(together.value) > STRIKING * together.error:
            nl, en = (
                f"{shown(together.value, 2)} ({word} {shown(together.error, 2)})"
                for shown, word in ((in_nl, "standaardfout"), (in_en, "standard error"))
            )
            self.notes.append(
                {
                    "nl": "Binnen een jaar gaan de starts van zorgvormen samen op en neer: hun maanden hangen gemiddeld "
                    f"{nl} samen. Het model neemt maanden onafhankelijk; de spreiding binnen een jaar is dan te klein.",
                    "en": "Within a year the starts of care forms go up and down together: their months correlate "
                    f"{en} on average. The model takes months as independent; the spread within a year is too small then.",
                }
            )

    def _combinations(self) -> tuple[Combination, ...]:
        """Persons whose two care forms began within a week of each other, by ten or more."""
        rows = self.found.store.rows(
            """SELECT a.care_form, b.care_form, count(DISTINCT a.person) FROM trajectories AS a JOIN trajectories AS b
            ON a.person = b.person AND a.municipality = b.municipality AND a.care_form < b.care_form
            AND abs(date_diff('day', a.begins, b.begins)) <= 7
            WHERE year(a.begins) = ? GROUP BY ALL ORDER BY ALL""",
            [self.base_year],
        )
        starts = {one.care_form: sum(found.count for found in one.starts.values()) for one in self.forms}
        found = []
        for first, second, persons in rows:
            if persons < FEWEST:
                continue
            share = persons / starts[first]
            error = (share * (1 - share) / starts[first]) ** 0.5
            self.evidence.append(
                Evidence("combinations", f"{first} / {second}", "share", share, error, persons, "together")
            )
            found.append(
                Combination(
                    care_form=first, second_care_form=second, share=round(share, 4),
                    source=f"305 van {self.base_year}: beide begonnen binnen een week", status="estimated",
                )
            )  # fmt: skip
        return tuple(found)
