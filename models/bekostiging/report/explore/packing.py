"""The scenarios of a what-if page as few bytes: 16-bit steps between the least and largest value of an array and year."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import LUMP_SUM, Taakgericht, TariffContract, expected_level
from bekostiging.evaluation.what_if import caught_up, on_page
from bekostiging.report.kit.sections import names_of
from bekostiging.studies.exploration import WAITING_GRID, Exploration
from bekostiging_solvers.typing import FloatArray

STEPS = 65_535
"""Of 16 bits."""
GROWS_WITH = {"delivered": "units", "claimable": "units", "arranged": "clients", "within_budget": "within"}
"""What a claim follows when clients stay longer, by what of their care a form claims."""


@dataclass
class Packer:
    """Arrays (n_scenarios, n_years) one after the other, each once; ``exact``: 64-bit floating point, no steps."""

    exact: bool = False
    arrays: list[dict[str, Any]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    halves: list[FloatArray] = field(default_factory=list)
    """Largest error of every array by year: half a step."""
    known: dict[bytes, int] = field(default_factory=dict)
    numbers: int = 0

    def place(self, values: FloatArray) -> int:
        """The place of an array, added unless it is there already."""
        own = np.ascontiguousarray(values, dtype=np.float64)
        key = own.tobytes()
        if key not in self.known:
            self.known[key] = len(self.arrays)
            self._add(own)
        return self.known[key]

    def _add(self, own: FloatArray) -> None:
        low, high = own.min(axis=0), own.max(axis=0)
        step = np.zeros_like(low) if self.exact else (high - low) / STEPS
        constant = bool((low == high).all())
        self.arrays.append({"offset": low.tolist(), "step": step.tolist(), "at": -1 if constant else self.numbers})
        self.halves.append(step / 2)
        if constant:
            return
        if self.exact:
            self.parts.append(own.astype("<f8").tobytes())
        else:
            whole = np.divide(own - low, step, out=np.zeros_like(own), where=step > 0)
            self.parts.append(np.rint(whole).astype("<u2").tobytes())
        self.numbers += own.size

    @property
    def text(self) -> str:
        """All of it in base64."""
        return base64.b64encode(b"".join(self.parts)).decode("ascii")


@dataclass(frozen=True)
class PackedPage:
    """What a page computes with: ``model`` (terms and where arrays stand), ``text`` (the arrays), and ``rounding``, the
    largest error in euro a year of total spending that the 16 bits make, at the terms of the design."""

    model: dict[str, Any]
    text: str
    rounding: float


def packed_page(
    found: Exploration, *, exact: bool = False, provider: str | None = None, lang: str = "nl"
) -> PackedPage:
    """The model of a page; ``provider``: with the contracts of that one alone, and nothing of municipalities."""
    case, packer, names = found.case, Packer(exact), names_of(found.case, lang)
    own = [c for c, row in enumerate(case.contracts) if provider in (None, row.provider)]
    lots = [j for j, lot in enumerate(case.lots) if any(case.contracts[c].lot == lot.id for c in own)]
    lot_place = {case.lots[j].id: place for place, j in enumerate(lots)}
    providers = [p for p, row in enumerate(case.providers) if provider in (None, row.id)]
    provider_place = {case.providers[p].id: place for place, p in enumerate(providers)}
    reported = [] if provider else list(range(len(case.reported)))
    contracts = [_contract(found, c, packer, lot_place, provider_place) for c in own]
    model: dict[str, Any] = {
        "scenarios": found.n_scenarios,
        "scramblings": found.n_scramblings,
        "years": [case.first_year + t for t in range(found.n_years)],
        "discount": found.discount.tolist(),
        "bits": 64 if exact else 16,
        "lots": [_lot(found, j, packer, reported, names) for j in lots],
        "contracts": contracts,
        "providers": [
            {"id": case.providers[p].id, "name": names[case.providers[p].id], "buffer": float(found.buffer[p])}
            for p in providers
        ],
        "municipalities": [
            {"code": case.reported_codes[m], "name": names[case.reported_codes[m]]} for m in reported
        ],
        "headroom": found.headroom[reported].tolist(),
        "structural": found.structural[reported].tolist(),
        "refills": found.refills,
        "pools": [] if provider else found.pools(),
        "provider_pools": [] if provider else found.provider_pools(),
        "forms": [form for form in found.contracts],
        "waiting": None if provider else _waiting(found),
        "seed": found.seed,
    }
    model["arrays"] = packer.arrays
    return PackedPage(model, packer.text, _rounding(model, packer))


def _lot(
    found: Exploration, j: int, packer: Packer, reported: list[int], names: Mapping[str, str]
) -> dict[str, Any]:
    """Levels and keys of one lot."""
    lot, arrays = found.case.lots[j], found.arrays
    return {
        "id": lot.id,
        "name": names[lot.id],
        "expected": expected_level(found.case, lot.id, found.n_years).tolist(),
        "caught_up": caught_up(found.case, lot.id, found.n_years).tolist(),
        "index": packer.place(arrays[f"lot/{j}/index"]),
        "cost": packer.place(arrays[f"lot/{j}/cost"]),
        "keys": [packer.place(arrays[f"lot/{j}/key"][..., m]) for m in reported],
        "general": lot.general_provision,
        "form": lot.payment_form,
    }


def _contract(
    found: Exploration, c: int, packer: Packer, lots: Mapping[str, int], providers: Mapping[str, int]
) -> dict[str, Any]:
    """Terms of one contract under every form."""
    row, arrays = found.case.contracts[c], found.arrays
    first = found.contracts[LUMP_SUM][c]
    tariffs = {
        form: _tariff(found, form, c, one, packer)
        for form, many in found.contracts.items()
        if isinstance(one := on_page(many[c]), TariffContract)
    }
    return {
        "provider": providers[row.provider],
        "lot": lots[row.lot],
        "main": providers.get(row.main_contractor) if row.main_contractor else None,
        "passed_tariff": row.passed_tariff_share if row.main_contractor else 1.0,
        "passed_corridor": row.passed_corridor_share if row.main_contractor else 1.0,
        "reference": first.reference.tolist(),
        "cost": packer.place(arrays[f"{c}/cost"]),
        "tariffs": tariffs,
        "lump": _lump(found, c, first, packer) if isinstance(first, Taakgericht) else None,
        "lump_form": LUMP_SUM,
        "general": not tariffs,
    }


def _tariff(found: Exploration, form: PaymentForm, c: int, one: TariffContract, packer: Packer) -> dict[str, Any]:
    """One contract under a tariff."""
    return {
        "left": packer.place(found.arrays[f"{c}/left/{form}"]),
        "urgent": packer.place(found.arrays[f"{c}/urgent/{form}"]),
        "follows": GROWS_WITH[one.measure],
        "ceiling": None if one.ceiling is None else float(np.ravel(one.ceiling)[0]),
        "part": one.part_of_ceiling,
        "clauses": found.whole_contract_clauses(form, c),
    }


def _lump(found: Exploration, c: int, contract: Taakgericht, packer: Packer) -> dict[str, Any]:
    """One contract as the lump sum that was designed."""
    one = on_page(contract)
    assert isinstance(one, Taakgericht)  # as the contract is
    corridor = one.corridor
    layers = [
        {
            "lower": float(corridor.lower[k]),
            "upper": None if np.isinf(corridor.upper[k]) else float(corridor.upper[k]),
            "sign": float(corridor.sign[k]),
            "share": float(np.nan_to_num(corridor.share[k], nan=0.0)),
        }
        for k in range(corridor.n_layers)
    ]
    clauses = found.whole_contract_clauses(LUMP_SUM, c)
    placed = [
        own | {"array": packer.place(found.arrays[str(own["array"])])} if "array" in own else own
        for own in clauses
    ]
    beside = sum((clause.beside(found.n_years) for clause in one.budget_clauses), np.zeros(found.n_years))
    return {
        "base": packer.place(found.arrays[f"{c}/base"]),
        "measured": one.base,
        "part": packer.place(found.arrays[f"{c}/part"]),
        "beside": np.asarray(beside).tolist(),
        "budget": one.budget.tolist(),
        "layers": layers,
        "clauses": placed,
        "volume": [
            {key: value for key, value in own.items() if key != "array"}
            | {"ratio": packer.place(found.arrays[str(own["array"])])}
            for own in found.volume_clauses(c)
        ],
    }


def _waiting(found: Exploration) -> dict[str, Any]:
    """Who waits or is refused over the term by lot and point of the grid, with the standard error of the mean."""
    sums = found.waiting.sum(axis=1)
    error = sums.std(axis=0, ddof=1) / np.sqrt(len(sums))
    return {
        "grid": list(WAITING_GRID),
        "mean": sums.mean(axis=0).tolist(),
        "error": error.tolist(),
        "scenarios": len(sums),
    }


def _rounding(model: Mapping[str, Any], packer: Packer) -> float:
    """Euro a year that the steps of 16 bits can move total spending at the terms of the design, all at their worst."""
    worst = np.zeros(len(model["years"]))
    for one in model["contracts"]:
        lot = model["lots"][one["lot"]]
        level = np.array(lot["expected"])
        own = [packer.halves[terms["left"]] * level for terms in one["tariffs"].values()]
        if one["lump"] is not None:
            own.append(packer.halves[one["lump"]["base"]] * level)
        money = np.array(one["reference"])
        worst += np.max(own, axis=0) + money * packer.halves[lot["index"]]
        worst += money * sum((packer.halves[key] for key in lot["keys"]), np.zeros_like(money))
    return float(worst.max())
