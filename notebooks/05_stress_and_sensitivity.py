# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Stress, reverse stress and sensitivity
#
# A simulation answers what is likely. A council also asks: what if several things go wrong together, what if our
# experts are right about growth, what would it take to break us, and **which assumption must we watch?** Four ways to
# ask, one payment form.
#
# **The decision: is the reserve enough for the shocks we find plausible, and which figure goes on the quarterly
# dashboard?**

# %% tags=["parameters"]
CASE = "almere"
FORM = "taakgericht"
N_FUTURES, SEED, WORKERS = 64, 1, 1
N_DESIGN = 256  # scenarios the lump sum is designed on; for a real agreement 2,048, as the commands take
LANG = "en"
SHOCKS = ["ova_2023", "growth"]  # named shocks of the case, together
VIEW = "P(growth >= 2 %) = 0.6"  # what an expert believes
RANGES = {  # how far each assumption may be off: a choice, no forecast
    "inflow": (0.95, 1.05),
    "duration": (0.95, 1.05),
    "intensity": (0.95, 1.05),
    "wages": (0.98, 1.02),
    "prices": (0.98, 1.02),
}
N_BASE = 128  # base points of the Sobol indices

# %%
import numpy as np
import pandas as pd
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as draw

from bekostiging import compare, read_case
from bekostiging.evaluation import (
    OVERRUN_PROBABILITY,
    TERM,
    TOTAL,
    deterministic_scenario,
    levels_by_lot,
    settle_all,
)
from bekostiging.report import plot_exceedance, progress_bars, reverse_sentence, shock_sentence
from bekostiging.scenarios import expected_care_use, multiply, neutral_factors
from bekostiging.studies import contracts_in_force, payment_form, pooled, reverse_stress

case, form = read_case(CASE), payment_form(FORM)
with progress_bars(LANG) as bars:
    outcome = compare(
        case, n_scenarios=N_FUTURES, design_scenarios=N_DESIGN, seed=SEED, workers=WORKERS, progress=bars
    )
contracts, discount = contracts_in_force(outcome), outcome.lumpsum.data.discount
headroom = float(outcome.headroom.sum(axis=1) @ discount)
reserve = float(outcome.lumpsum.data.stock[:, -1].sum())  # with what is added over the years
print(case.disclaimer.get(LANG, ""))
print(f"{form}: {headroom / 1e6:.1f} m euro begroot over {len(discount)} years, reserve {reserve / 1e6:.1f} m")

# %% [markdown]
# ## Shocks together
#
# At expectation, everybody served: direction and size, no chance.

# %%
together = deterministic_scenario(outcome.case, outcome.cells, contracts, discount, SHOCKS)
print(shock_sentence(together, LANG))
pd.DataFrame(
    {
        "spending, m euro": {f: (together.spending[f] - outcome.plain.spending[f]) / 1e6 for f in contracts},
        "result of providers, m euro": {
            f: (together.provider_result[f] - outcome.plain.provider_result[f]) / 1e6 for f in contracts
        },
    }
).round(2)

# %% [markdown]
# ## An expert's view
#
# The same scenarios with other probabilities, as little changed as the view allows (entropy pooling). The number of
# scenarios that is left says how much the view asks of the simulation.

# %%
believed = pooled(outcome, [VIEW])
believed

# %%
plot_exceedance(outcome, lang=LANG)

# %% [markdown]
# ## What would break the begroting
#
# The least implausible scenario that does, and how likely a break is.

# %%
broken = reverse_stress(outcome, form, n_scenarios=N_FUTURES, seed=SEED)
print(reverse_sentence(outcome, broken, LANG))
broken

# %% [markdown]
# ## Which assumption moves the answer
#
# The report moves one assumption at a time. Here all of them move together: first-order and total Sobol indices
# (Saltelli 2010, doi:10.1016/j.cpc.2009.09.018; SALib), of what the municipality spends and of the result of the
# weakest provider: the one whose result falls most, relative to its buffer, when inflow is 5 % up.

# %%
owner = np.array(
    [[row.provider == provider.id for provider in outcome.case.providers] for row in outcome.case.contracts],
    dtype=float,
)


def results(values):
    """Spending of the reported municipalities and result per provider over the term, of every row of values."""
    factors = neutral_factors(outcome.case, outcome.n_years, len(values))
    for quantity, column in zip(RANGES, values.T, strict=True):
        years = slice(0, 1) if quantity in ("wages", "prices") else slice(None)
        multiply(factors, quantity, years, column)
    care_use = expected_care_use(outcome.case, outcome.cells, outcome.n_years, factors)
    samples = settle_all(
        outcome.case, outcome.cells, contracts[form], care_use, levels_by_lot(outcome.case, care_use)
    )
    spending = outcome.case.of_reported(samples.municipal) @ discount
    by_provider = np.einsum("stc,t->sc", samples.payment - samples.cost, discount) @ owner
    return spending, by_provider


middle = np.ones((1, len(RANGES)))
more = middle.copy()
more[0, list(RANGES).index("inflow")] = 1.05
fall = (results(middle)[1] - results(more)[1])[0] / np.where(outcome.buffer > 0, outcome.buffer, np.inf)
weakest = int(fall.argmax())

# %%
problem = {"num_vars": len(RANGES), "names": list(RANGES), "bounds": [list(ends) for ends in RANGES.values()]}
points = draw.sample(problem, N_BASE, calc_second_order=False, seed=SEED)
spending, by_provider = results(points)
answers = {"spending": spending, outcome.case.providers[weakest].name: by_provider[:, weakest]}
indices = {}
for title, answer in answers.items():
    found = analyse.analyze(problem, answer, calc_second_order=False, seed=SEED)
    indices[title] = pd.DataFrame(
        {"alone": found["S1"], "with interactions": found["ST"], "± (95 %)": found["ST_conf"]}, index=list(RANGES)
    ).sort_values("with interactions", ascending=False)
pd.concat(indices).round(2)


# %%
def watched(table):
    """The assumption with the largest total index, unless the second may be as large."""
    first, second = table.iloc[0], table.iloc[1]
    clear = first["with interactions"] - first["± (95 %)"] > second["with interactions"] + second["± (95 %)"]
    share = f"{first['with interactions']:.0%} of the variance"
    return f"{table.index[0]} ({share})" if clear else f"{table.index[0]} or {table.index[1]}"


short = together.spending[form] - headroom
parts = [
    f"under {' and '.join(SHOCKS)} together {form} costs {abs(short) / 1e6:.1f} m euro "
    + (f"more than is begroot, which the reserve {'bears' if short <= reserve else 'does not bear'}" if short > 0 else
       "less than is begroot, so the reserve is not touched")
]  # fmt: skip
before = outcome.forms[form].municipalities[TOTAL][TERM][OVERRUN_PROBABILITY]
under = believed.under[form][OVERRUN_PROBABILITY]
parts.append(f"if {VIEW} the chance of an overrun goes from {before.value:.0%} to {under.scaled(100)} %")
parts.append(
    "no scenario within reach breaks the begroting"
    if broken.distance is None or broken.probability is None
    else f"the nearest scenario that breaks it is {broken.distance:.1f} standard deviations away, and a break has "
    f"probability {broken.probability.scaled(100)} %"
)
parts += [f"watch {watched(table)} for {title}" for title, table in indices.items()]
print("Conclusion: " + "; ".join(parts) + ".")
