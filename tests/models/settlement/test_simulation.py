"""Settlement is what was simulated: scenarios exported as the documents of a year settle to the simulated payment.

Every payment form, base, clause and key; monthly claim caps, lifted and shared ceilings, pools of providers. Flow rules are
not run by a settlement: who waits shows in what was delivered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from settlements import BASES, KEYS, ON_ALL, ON_LUMP_SUM, ON_PRODUCTION, ON_TARIFF, drawn_contracts, signed_terms

from bekostiging.case.tables import CLAUSES, SharingKey
from bekostiging.contracts import municipal_shares
from bekostiging.settlement import figures_of_scenario, settle_year

TODAY = date(2035, 1, 1)
SCENARIOS, PER_BLOCK = 7, 2
"""Of each setting, with 16 settings over a hundred; and of each block that is drawn."""
SETTINGS = [
    *(("taakgericht", BASES[k % 3], key) for k, key in enumerate(KEYS)),
    ("inspanningsgericht", BASES[0], "hybrid"),
    ("inspanningsgericht", BASES[0], "three_year_mean"),
    ("outputgericht", BASES[0], "hybrid"),
    ("outputgericht", BASES[0], "clients_before"),
    ("maatwerktraject", BASES[0], "dial"),
]


@pytest.mark.parametrize(("form", "base", "key"), SETTINGS)
def test_scenarios_as_documents_settle_to_the_simulated_payment(form: str, base: str, key: SharingKey) -> None:
    """Unrounded to a millionth of a cent per euro, printed to half a cent per line; and by the same key."""
    for number in range(SCENARIOS):
        block, k = divmod(number, PER_BLOCK)
        drawn = drawn_contracts(form, base, key, block)
        shares = {
            lot.id: municipal_shares(drawn.case, drawn.cells, drawn.care_use, j)
            for j, lot in enumerate(drawn.case.lots)
        }
        year = number % drawn.case.n_years
        known, figures = figures_of_scenario(drawn.case, drawn.cells, drawn.care_use, k)
        figures = replace(figures, terms=signed_terms(known, form))
        settled = settle_year(known, figures, known.first_year + year, "voorlopig", today=TODAY)
        for one, simulated in zip(settled.contracts, drawn.settled, strict=True):
            paid = float(simulated.payment[k, year] + drawn.moved[k, year, one.contract])
            told = next(line for line in one.lines if line.key == "determined")
            assert told.exact == pytest.approx(paid, rel=1e-9, abs=1e-5)
            assert abs(one.determined - 100 * paid) <= 0.5 * len(one.lines) + 1
            assert sum(part.determined for part in one.parts) == one.determined
            own = [part.share for part in one.parts]
            assert own == pytest.approx(shares[one.lot][k, year].tolist(), abs=1e-9)


def test_every_clause_and_key_is_settled_here() -> None:
    assert {row["clause"] for row in (*ON_ALL, *ON_LUMP_SUM, *ON_TARIFF, *ON_PRODUCTION)} == set(CLAUSES)
    assert {key for _, _, key in SETTINGS} == set(KEYS)
    assert {base for _, base, _ in SETTINGS} == set(BASES)
    assert SCENARIOS * len(SETTINGS) >= 100


def test_pools_of_a_year_add_up_to_nothing_and_all_parties_to_the_same() -> None:
    """What municipalities pay is what providers get, to the cent; what a pool moves is nothing together."""
    drawn = drawn_contracts("taakgericht", BASES[1], "inhabitants", 0)
    known, figures = figures_of_scenario(drawn.case, drawn.cells, drawn.care_use, 1)
    settled = settle_year(known, figures, known.first_year, "voorlopig", today=TODAY)
    paid = sum(part.to_pay for one in settled.contracts for part in one.parts)
    assert paid == sum(one.to_pay for one in settled.contracts)
    moved = [line.cents for one in settled.contracts for line in one.lines if line.key == "provider_pool"]
    assert any(moved)
    for lot in known.lots:
        own = {one.contract for one in settled.contracts if one.lot == lot.id}
        assert sum(one.cents("provider_pool") for one in settled.contracts if one.contract in own) == 0
    by_field = sum(cents for one in settled.contracts for part in one.parts for cents in part.taakvelden.values())
    assert by_field == sum(one.determined for one in settled.contracts)
    assert np.isclose(sum(part.share for part in settled.contracts[0].parts), 1.0)
