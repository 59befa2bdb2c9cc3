"""Sharing between municipalities in depth: every key on the same scenarios, and the games of pooled risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Unpack, get_args

import numpy as np

from bekostiging.case import Case, PolicyTable, key_weights, with_policy
from bekostiging.case.arguments import checked_flag, checked_number, kinds_checked
from bekostiging.case.errors import ArgumentError
from bekostiging.case.shown import millions
from bekostiging.case.tables import PAYMENT_FORMS, SharingKey
from bekostiging.contracts import LUMP_SUM, Contract, build_contracts, in_cents, municipal_shares, reference
from bekostiging.evaluation.design import designed, designed_lump_sums
from bekostiging.evaluation.self_check import checked_series
from bekostiging.evaluation.settlement import levels_by_lot, settle_contracts
from bekostiging.evaluation.study import Prepared, Study, check_case_given, prepared
from bekostiging.lumpsum import Outcome
from bekostiging.options import Options, run_options
from bekostiging.scenarios import Block, Cells
from bekostiging.sharing import (
    MOST_JOINT,
    MOST_TABLE,
    CoreTest,
    GameSolution,
    KeyResult,
    SharingData,
    check_game,
    check_players,
    core_test,
    key_results,
    solve_game,
)
from bekostiging.units import CENTS
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

FIGURES = ("expected", "volatility", "worst_year", "change", "alone")
"""Figures of a municipality under a sharing key: fields of ``KeyResult``."""
IN_FORCE = "in_force"
"""Name of the keys in force: those of table lots, which the lump sum uses too."""
KEYS: tuple[SharingKey, ...] = get_args(SharingKey)
GROUPS = 8
"""Groups of scenarios of the jackknife."""


@dataclass(frozen=True)
class SharingSeries:
    """What a block keeps: payments per key by municipality (s, t, m), and cost per contract by municipality (s, c, m)."""

    paid: Mapping[str, FloatArray]
    cost: FloatArray

    def arrays(self) -> dict[str, FloatArray]:
        """Every array by name."""
        return {"cost": self.cost} | {f"paid/{key}": values for key, values in self.paid.items()}


@dataclass(frozen=True)
class SharingWork:
    """Settles the contracts in force and splits what is paid in every way, to the cent."""

    case: Case
    cells: Cells
    contracts: tuple[Contract, ...]
    keys: tuple[SharingKey, ...]
    discount: FloatArray

    def __call__(self, block: Block) -> SharingSeries:
        """Everybody served."""
        care_use = block.care_use()
        levels = levels_by_lot(self.case, care_use)
        settled = settle_contracts(self.case, self.contracts, care_use, levels)
        lots = {lot.id: j for j, lot in enumerate(self.case.lots)}
        paid = {}
        wanted: dict[str, SharingKey | None] = {IN_FORCE: None, **{key: key for key in self.keys}}
        for name, key in wanted.items():
            shares = [municipal_shares(self.case, self.cells, care_use, j, key) for j in range(len(lots))]
            split = [
                in_cents(one.payment, shares[lots[own.lot]])
                for own, one in zip(self.contracts, settled, strict=True)
            ]
            paid[name] = sum(split, np.zeros_like(split[0])) / CENTS
        places = np.arange(len(self.case.municipalities))
        cost = []
        for own, one in zip(self.contracts, settled, strict=True):
            payer = (self.cells.municipality[own.cells][:, None] == places).astype(np.float64)
            euro = (own.own(care_use.units) * own.unit_cost) @ payer
            total = euro.sum(axis=2, keepdims=True)
            part = np.divide(euro, total, out=np.zeros_like(euro), where=total > 0)
            cost.append(np.einsum("stm,st,t->sm", part, one.cost, self.discount))
        return SharingSeries(paid, np.stack(cost, axis=1))


@dataclass(frozen=True)
class SharingStudy(Study):
    """Every sharing key, the games between municipalities, and who would be cheaper off alone.

    ``to_frame()``: a row per key, municipality and figure of ``KeyResult``.

    Attributes
    ----------
    data : SharingData
        Payments under every key, per scenario and municipality.
    exit_cost : float
        What it costs a coalition to leave, euro.
    keys : dict of str to tuple of KeyResult, (n_municipalities,)
        What every municipality pays under each key; ``in_force`` are the keys of the lots.
    core : dict of str to CoreTest
        Per key the coalition that would save most alone.
    games : tuple of GameSolution
        What is divided, and how.
    skipped : tuple of str
        Keys the case has no figures for.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.studies import study_sharing
    >>> study = study_sharing(synthetic_region(municipalities=2, providers=6), n_scenarios=32, n_years=1)
    >>> list(study.keys)[:3], study.to_frame().shape
    (['in_force', 'actual_use', 'inhabitants'], (100, 5))
    """

    outcome: Outcome | None
    """How the lump sum came out that lots are paid today; None where no lot is."""
    data: SharingData
    exit_cost: float
    keys: Mapping[str, tuple[KeyResult, ...]]
    core: Mapping[str, CoreTest]
    games: tuple[GameSolution, ...]
    skipped: tuple[str, ...]
    table: bool
    """Whether every coalition is to be written."""

    @property
    def designed(self) -> Outcome | None:
        """How that lump sum came out."""
        return self.outcome

    def to_frame(self) -> pd.DataFrame:
        """Every figure of every municipality under every key."""
        import pandas as pd

        columns = ["key", "municipality", "figure", "value", "standard_error"]
        found = [
            (key, code, figure, getattr(one, figure).value, getattr(one, figure).standard_error)
            for key, results in self.keys.items()
            for code, one in zip(self.data.municipalities, results, strict=True)
            for figure in FIGURES
        ]
        return pd.DataFrame(found, columns=columns)

    def overview(self) -> pd.DataFrame:
        """Per key what every municipality is expected to pay a year, and who would be cheaper off alone."""
        import pandas as pd

        rows = []
        for key, results in self.keys.items():
            core = self.core[key]
            paid = {
                code: millions(one.expected) for code, one in zip(self.data.municipalities, results, strict=True)
            }
            leaves = "nobody" if core.holds else f"{', '.join(core.members)}: {millions(core.euros)}"
            rows.append({"key": key, **paid, "cheaper off alone, m euro over the term": leaves})
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """Case, scenarios, unit."""
        return f"Sharing keys of {self.case.name}, {self.n_scenarios} scenarios, seed {self.seed}; m euro a year"


@kinds_checked
def study_sharing(
    case: Case,
    *,
    game: str | None = None,
    table: bool = False,
    solidarity: float | None = None,
    threshold: float | None = None,
    exit_cost: float = 0.0,
    **options: Unpack[Options],
) -> SharingStudy:
    """Divide what the contracts in force cost by every sharing key, and the gain of going together by every game.

    A lot that is paid a lump sum today is paid the designed one.

    Parameters
    ----------
    case : Case
        From ``read_case``; two reported municipalities or more.
    game : str, optional
        ``surcharge``, ``fixed_parts`` or ``joint_contract``; without it all that the case has figures for.
    table : bool, default False
        Also give the value of every coalition.
    solidarity : float, optional
        Fraction 0 to 1 that the key ``dial`` divides by inhabitants; without it the policy of the case.
    threshold : float, optional
        Euro per client and year above which the key ``hybrid`` pools cost; without it the policy of the case.
    exit_cost : float, default 0
        Euro over the term that a municipality pays when it leaves.
    **options
        As ``bekostiging.RunOptions``.

    Returns
    -------
    SharingStudy
        Per key what every municipality pays and who would be cheaper off alone; per game its divisions.

    Raises
    ------
    UserError
        One municipality; an unknown game; more municipalities than a table can hold; a number outside its range.

    Examples
    --------
    >>> from bekostiging import read_case, study_sharing
    >>> print(study_sharing(read_case("region"), game="surcharge"))  # doctest: +SKIP
    """
    run = run_options(options)
    check_case_given(case)
    _check_numbers(table, solidarity, threshold, exit_cost)
    if game is not None:
        check_game(game)
    check_players(len(case.reported), game or "surcharge", table)
    ready = prepared(case, run)
    ready = replace(ready, case=_with_numbers(ready.case, solidarity, threshold))
    case, made = ready.case, ready.plan("out_of_sample")
    keys = tuple(key for key in KEYS if _has_figures(case, key))
    discount = case.discount(made.n_years)
    contracts, outcome = _in_force(ready)
    work = SharingWork(case, made.cells, contracts, keys, discount)
    arrays, checked = checked_series(ready.blocks, made, work, ready.advance("out_of_sample"))
    data = _data(case, arrays, (IN_FORCE, *keys), discount)
    asked = (game,) if game is not None else _games(data)
    return SharingStudy(
        case=case,
        n_scenarios=made.n_scenarios,
        seed=ready.run.seed,
        named=ready.run.named,
        notes=ready.notes(made, checked),
        self_check=checked,
        outcome=outcome,
        data=data,
        exit_cost=exit_cost,
        keys={key: key_results(data, key, exit_cost) for key in data.paid},
        core={key: core_test(data, key, exit_cost) for key in data.paid},
        games=tuple(solve_game(data, one) for one in asked),
        skipped=tuple(key for key in KEYS if key not in keys),
        table=table,
    )


def _check_numbers(table: bool, solidarity: float | None, threshold: float | None, exit_cost: float) -> None:
    """Refuse arguments of another type, or outside the range of their policy."""
    checked_flag("table", table)
    checked_number("exit_cost", exit_cost, 0)
    rows = {
        "solidarity": (solidarity, PolicyTable.solidarity),
        "threshold": (threshold, PolicyTable.high_cost_threshold),
    }
    for name, (value, row) in rows.items():
        if value is not None:
            checked_number(name, value)
            wrong = row.kind.wrong(name, f"{value:.15g}")
            if wrong is not None:
                raise ArgumentError(name, *wrong)


def _with_numbers(case: Case, solidarity: float | None, threshold: float | None) -> Case:
    """The case with the numbers of the keys dial and hybrid: as given, else as in the case, else the defaults."""
    if solidarity is None and not case.policy.given(PolicyTable.solidarity):
        solidarity = case.policy.solidarity()
    if threshold is None and not case.policy.given(PolicyTable.high_cost_threshold):
        threshold = case.policy.high_cost_threshold()
    return with_policy(case, solidarity=solidarity, high_cost_threshold=threshold)


def _has_figures(case: Case, key: SharingKey) -> bool:
    """Whether every lot has something to divide by."""
    return all(sum(key_weights(case, lot, key).values()) > 0 for lot in case.lots)


def _games(data: SharingData) -> tuple[str, ...]:
    """Every game whose tables are not too many; fixed parts where administration is known."""
    found = ["surcharge"]
    if data.n_players <= MOST_TABLE and data.administration.any():
        found.append("fixed_parts")
    if data.n_players <= MOST_JOINT:
        found.append("joint_contract")
    return tuple(found)


def _in_force(ready: Prepared) -> tuple[tuple[Contract, ...], Outcome | None]:
    """Every contract in the form of its lot today; lump sums as designed, and how that came out."""
    case, made, outcome = ready.case, ready.plan("design"), None
    terms = reference(case, made.cells, made.n_years)
    form = {lot.id: lot.payment_form for lot in case.lots}
    built = {one: build_contracts(case, made.cells, terms, one) for one in PAYMENT_FORMS if one in form.values()}
    if LUMP_SUM in built:
        decision = designed(ready, terms).decision
        built[LUMP_SUM] = designed_lump_sums(case, built[LUMP_SUM], decision.headline)
        outcome = decision.outcome
    return tuple(built[form[row.lot]][c] for c, row in enumerate(case.contracts)), outcome


def _data(
    case: Case, arrays: Mapping[str, FloatArray], keys: tuple[str, ...], discount: FloatArray
) -> SharingData:
    """The reported municipalities of all blocks together."""
    paid = {key: arrays[f"paid/{key}"][..., case.reported] for key in keys}
    form = {lot.id: lot.payment_form for lot in case.lots}
    return SharingData(
        municipalities=case.reported_codes,
        used=np.einsum("stm,t->sm", paid["actual_use"], discount),
        paid=paid,
        in_force=IN_FORCE,
        cost=arrays["cost"][..., case.reported],
        administration=np.array([case.administration_of_contract(form[row.lot]) for row in case.contracts])
        * float(discount.sum()),
        discount=discount,
        confidence=case.policy.confidence,
        cost_of_capital=case.policy.cost_of_capital,
        n_groups=GROUPS,
    )
