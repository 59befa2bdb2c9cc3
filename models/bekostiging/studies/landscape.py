"""The care landscape: who delivers what to whom, before anybody has decided how it is paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bekostiging.case import Case, pseudonymised
from bekostiging.case.arguments import checked_flag, kinds_checked
from bekostiging.case.history_notes import history_notes
from bekostiging.case.pseudonym import privacy_notes
from bekostiging.evaluation.study import Study, check_case_given
from bekostiging.scenarios import Cells, build_cells, expected_care_use
from bekostiging.store import StoreView
from bekostiging_solvers.typing import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

NOBODY = ""
"""In place of a provider where nobody is."""


@dataclass(frozen=True)
class Landscape(Study):
    """Who delivers what to whom in the base year, and what it is expected to come to in the first contract year.

    Arrays are per cell of ``cells`` (area x care form x provider), (n_cells,): ``clients`` in care on 1 January and
    ``starts`` in the base year; ``euro`` expected in the first contract year at the tariffs. ``to_frame()``: a row per cell.

    Examples
    --------
    >>> from bekostiging import read_case, study_landscape
    >>> [role.provider for role in study_landscape(read_case("veenrand")).roles][:2]
    ['aanbieder-5', 'aanbieder-2']
    """

    cells: Cells
    clients: FloatArray
    starts: FloatArray
    euro: FloatArray
    publish: bool
    """Whether the pack for bidders is written too."""
    seen: StoreView | None = None
    """What a region store says of the base year, where one was given."""

    def to_frame(self) -> pd.DataFrame:
        """Every cell."""
        import pandas as pd

        cells = self.cells
        return pd.DataFrame(
            {
                "area": [cells.area_ids[i] for i in cells.area],
                "care_form": [cells.care_form_ids[i] for i in cells.care_form],
                "provider": [NOBODY if i < 0 else cells.provider_ids[i] for i in cells.provider],
                "clients": self.clients,
                "starts": self.starts,
                "euro": self.euro,
            }
        )

    def heading(self) -> str:
        """What it is of."""
        return f"Care landscape of {self.case.name}, base year {self.case.base_year}"

    @cached_property
    def offered(self) -> BoolArray:
        """Cells with a provider; (n_cells,)."""
        return np.asarray(self.cells.provider >= 0)

    def by(self, *axes: str, of: FloatArray | None = None) -> FloatArray:
        """Euro (or ``of`` another array) added up over everything but the axes named: area, care_form, provider; cells that
        nobody serves are left out where ``provider`` is an axis."""
        cells, values = self.cells, self.euro if of is None else of
        sizes = {"area": cells.area_ids, "care_form": cells.care_form_ids, "provider": cells.provider_ids}
        kept = self.offered if "provider" in axes else np.ones(len(values), dtype=bool)
        found = np.zeros([len(sizes[axis]) for axis in axes])
        np.add.at(found, tuple(getattr(cells, axis)[kept] for axis in axes), values[kept])
        return found

    @cached_property
    def outside(self) -> tuple[str, ...]:
        """Care forms that are asked for and in no lot."""
        bought = {form for lot in self.case.lots for form in lot.care_forms}
        asked = {row.care_form for row in self.case.demand if row.clients_at_start + row.starts_per_year > 0}
        return tuple(row.id for row in self.case.care_forms if row.id in asked - bought)

    @cached_property
    def unserved(self) -> tuple[tuple[str, str, float], ...]:
        """(area, care form, clients on 1 January and starts) that nobody serves where anybody asks, of what is in a lot."""
        cells = self.cells
        return tuple(
            (cells.area_ids[cells.area[i]], form, float(asked))
            for i in np.flatnonzero(~self.offered)
            if (form := cells.care_form_ids[cells.care_form[i]]) not in self.outside
            and (asked := self.clients[i] + self.starts[i]) > 0
        )

    @cached_property
    def concentration(self) -> dict[str, Concentration]:
        """By care form that is bought."""
        amounts = self.by("care_form", "provider")
        found = {}
        for form, own in zip(self.cells.care_form_ids, amounts, strict=True):
            if own.sum() > 0:
                shares = own / own.sum()
                found[form] = Concentration(
                    int((own > 0).sum()),
                    float(shares.max()),
                    self.cells.provider_ids[int(shares.argmax())],
                    float((shares**2).sum()),
                )
        return found

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Of every provider with care."""
        by_form, by_area = self.by("provider", "care_form"), self.by("provider", "area")
        total = self.euro[self.offered].sum()
        mains = _main_contractors(self.case)
        found = []
        for p, row in enumerate(self.case.providers):
            euro = float(by_form[p].sum())
            if euro > 0:
                subs = tuple(sub for sub, main in mains if main == row.id)
                over = tuple(main for sub, main in mains if sub == row.id)
                found.append(
                    Role(
                        row.id,
                        euro,
                        euro / total,
                        int((by_form[p] > 0).sum()),
                        int((by_area[p] > 0).sum()),
                        euro / row.turnover if row.turnover else None,
                        tuple(dict.fromkeys(subs)),
                        tuple(dict.fromkeys(over)),
                    )
                )
        return tuple(sorted(found, key=lambda role: -role.euro))


@dataclass(frozen=True)
class Concentration:
    """``providers`` with care, the ``largest`` share and ``who`` has it, and the ``index`` of Herfindahl and Hirschman (sum
    of squared shares: 1 is one provider).

    Examples
    --------
    >>> Concentration(providers=2, largest=0.6, who="anker", index=0.52).largest
    0.6
    """

    providers: int
    largest: float
    who: str
    index: float


@dataclass(frozen=True)
class Role:
    """One ``provider``: ``euro`` and ``share`` of all, how many ``care_forms`` and ``areas`` it serves, euro over turnover
    (``dependence``, None where that is not known), its ``subcontractors`` and its ``main_contractors``.

    Examples
    --------
    >>> Role("anker", 2e6, 0.25, 1, 3, 0.5, subcontractors=("de-brug",), main_contractors=()).share
    0.25
    """

    provider: str
    euro: float
    share: float
    care_forms: int
    areas: int
    dependence: float | None
    subcontractors: tuple[str, ...]
    main_contractors: tuple[str, ...]


def _main_contractors(case: Case) -> tuple[tuple[str, str], ...]:
    """(subcontractor, main contractor) of contracts that have one."""
    return tuple((row.provider, row.main_contractor) for row in case.contracts if row.main_contractor)


@kinds_checked
def study_landscape(
    case: Case, *, named: bool = False, publish: bool = False, seen: StoreView | None = None
) -> Landscape:
    """Who delivers what to whom, in closed form: nobody is drawn and no term of a contract counts.

    Parameters
    ----------
    case : Case
        From ``read_case``, or before there are contracts from ``case.read_case_before_contracts``.
    named : bool, default False
        Keep the names of the providers of a running case; otherwise they are numbered.
    publish : bool, default False
        Whether ``write_results`` also writes the information pack for bidders.
    seen : StoreView, optional
        What a region store says (``store.store_view``): shown beside the case, never in the pack for bidders.

    Returns
    -------
    Landscape
        Clients and euros per area, care form and provider, with concentration, roles and what nobody serves.

    Raises
    ------
    UserError
        No case.

    Examples
    --------
    >>> from bekostiging import read_case, study_landscape
    >>> landscape = study_landscape(read_case("veenrand"))
    >>> landscape.unserved, landscape.concentration["verblijf"].providers
    ((), 2)
    """
    check_case_given(case)
    checked_flag("named", named)
    checked_flag("publish", publish)
    shown = case if named else pseudonymised(case)
    if seen is not None:
        codes = {row.id: other.id for row, other in zip(case.providers, shown.providers, strict=True)}
        kept = {codes[code]: facts for code, facts in seen.providers.items() if code in codes}
        seen = replace(seen, providers=kept)
    cells = build_cells(shown)
    demand = {(row.area, row.care_form): row for row in shown.demand}
    rows = [
        demand[cells.area_ids[area], cells.care_form_ids[form]]
        for area, form in zip(cells.area, cells.care_form, strict=True)
    ]
    share = _shares(cells)
    use = expected_care_use(shown, cells, 1)
    return Landscape(
        case=shown,
        n_scenarios=0,
        seed=0,
        named=named,
        notes=(*shown.notes, *privacy_notes(shown), *history_notes(shown)),
        self_check=None,
        cells=cells,
        clients=share * np.array([row.clients_at_start for row in rows]),
        starts=share * np.array([row.starts_per_year for row in rows]),
        euro=np.asarray(use.units[0, 0] * cells.tariff),
        publish=publish,
        seen=seen,
    )


def _shares(cells: Cells) -> FloatArray:
    """Market shares that add up to one in every area and care form; (n_cells,)."""
    total = np.zeros((len(cells.area_ids), len(cells.care_form_ids)))
    np.add.at(total, (cells.area, cells.care_form), cells.market_share)
    below = total[cells.area, cells.care_form]
    return np.asarray(np.divide(cells.market_share, below, out=np.zeros_like(below), where=below > 0))
