# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Which assumption moves the answer
#
# The report moves one assumption at a time. Here all of them move together: first-order and total Sobol indices
# (Saltelli 2010, doi:10.1016/j.cpc.2009.09.018; SALib) of what the municipality spends and of the result of the weakest
# provider, on expected care use under the designed lump sum. The ranges below are a choice, no forecast: change them.

# %%
import numpy as np
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as draw

from bekostiging import compare, read_case
from bekostiging.scenarios import expected_care_use, multiply, neutral_factors
from bekostiging.stress import contracts_in_force
from bekostiging.stress.settle_block import levels_by_lot, settle_all

FORM = "taakgericht"
N_SCENARIOS, N_BASE, SEED = 32, 128, 1
RANGES = {
    "inflow": (0.95, 1.05),
    "duration": (0.95, 1.05),
    "intensity": (0.95, 1.05),
    "wages": (0.98, 1.02),
    "prices": (0.98, 1.02),
}

# %%
case = read_case("almere")
outcome = compare(case, n_scenarios=N_SCENARIOS, seed=SEED)
print(case.disclaimer["en"])
print(f"payment form: {FORM}")

# %% [markdown]
# The weakest provider is the one whose result over the term falls most, relative to its buffer, when inflow is 5 % up.

# %%
contracts = contracts_in_force(outcome)[FORM]
owner = np.array(
    [[row.provider == provider.id for provider in case.providers] for row in case.contracts], dtype=float
)


def results(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spending of the reported municipalities and result per provider over the term, of every row of values."""
    factors = neutral_factors(case, outcome.n_years, len(values))
    for quantity, column in zip(RANGES, values.T, strict=True):
        years = slice(0, 1) if quantity in ("wages", "prices") else slice(None)
        multiply(factors, quantity, years, column)
    care_use = expected_care_use(case, outcome.cells, outcome.n_years, factors)
    samples = settle_all(case, outcome.cells, contracts, care_use, levels_by_lot(case, care_use))
    spending = samples.municipal[:, :, list(outcome.reported)].sum(axis=(1, 2))
    return spending, (samples.payment - samples.cost).sum(axis=1) @ owner


middle = np.ones((1, len(RANGES)))
more = middle.copy()
more[0, 0] = 1.05
fall = (results(middle)[1] - results(more)[1])[0] / outcome.buffer
weakest = int(fall.argmax())
print(f"weakest provider: {case.providers[weakest].name}")

# %%
problem = {"num_vars": len(RANGES), "names": list(RANGES), "bounds": [list(ends) for ends in RANGES.values()]}
values = draw.sample(problem, N_BASE, calc_second_order=False, seed=SEED)
spending, by_provider = results(values)
for title, answer in (
    ("spending of the municipality", spending),
    ("result of the weakest provider", by_provider[:, weakest]),
):
    found = analyse.analyze(problem, answer, calc_second_order=False, seed=SEED)
    print(f"\n{title}: part of its variance, alone and with interactions (± half-width of the 95 % interval)")
    for i in np.argsort(-found["ST"]):
        alone, total = (f"{found[key][i]:5.2f} ± {found[key + '_conf'][i]:.2f}" for key in ("S1", "ST"))
        print(f"  {problem['names'][i]:10} {alone}   {total}")
