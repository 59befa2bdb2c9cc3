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
# # Designing the corridor of a lump sum
#
# Under a lump sum the provider carries the volume, and a corridor hands part of it back: beyond a band around the
# reference the municipality pays a share of deficits and receives a share of surpluses. More sharing makes providers
# safer and the municipality's worst futures dearer. **The decision: how wide a band, and how large a share?**
#
# The model chooses both, per lot and layer, so that capital, return, fair price and every begroting hold. The council may
# prefer an agreement that fits on one line. What does that cost, and which simple corridor would it be?

# %% tags=["parameters"]
CASE = "almere"
N_FUTURES, SEED, WORKERS = 64, 1, 1
LANG = "en"
RISK_WEIGHT = 0.5  # weight of the worst futures in what the municipality minimises; 0 looks at the mean alone
CONFIDENCE = 0.95  # the worst 5 %
MOST_WEAKEST = 0.04  # highest chance accepted that the weakest provider passes its limit
SHARES = (0.0, 0.25, 0.5, 0.75)  # shares a simple agreement may name
CHANGES = 1  # how often the share may change on a side of the reference

# %%
from dataclasses import asdict

import pandas as pd

from bekostiging import read_case
from bekostiging.lumpsum import SimpleTerms, design_lumpsum, price_of_certainty, with_simple_terms
from bekostiging.report import plot_frontier, progress_bars, study_sentences
from bekostiging.stress import study_lumpsum

case = read_case(CASE)
with progress_bars(LANG) as bars:
    study = study_lumpsum(
        case,
        risk_weight=RISK_WEIGHT,
        confidence=CONFIDENCE,
        n_scenarios=N_FUTURES,
        seed=SEED,
        workers=WORKERS,
        progress=bars,
    )
print(case.disclaimer.get(LANG, ""))
study

# %% [markdown]
# What the design promises, on the futures it was made on and on futures it has not seen:

# %%
print(*study_sentences(study, LANG), sep="\n")

# %% [markdown]
# ## What certainty of the providers costs
#
# Every dot is a corridor with one band and one share, its loading designed anew. To the left the weakest provider is
# safer; lower down the municipalities' worst futures are cheaper. Dark dots: nothing is better at both ends.

# %%
plot_frontier(study, lang=LANG)

# %%
points = [
    asdict(point)
    | {"tail": point.tail.value, "weakest": point.weakest.value, "error": point.weakest.standard_error}
    for point in study.frontier
    if point.band is not None
]
candidates = pd.DataFrame(points, columns=["band", "share", "symmetric", "tail", "weakest", "error", "provider"])
candidates.sort_values("tail")

# %% [markdown]
# The cheapest one-line corridor under which the weakest provider's chance is at most the one accepted:

# %%
accepted = candidates[candidates["weakest"] <= MOST_WEAKEST]
chosen = None if accepted.empty else accepted.loc[accepted["tail"].idxmin()]
chosen

# %% [markdown]
# ## What simplicity costs
#
# The same limits, but at most a few changes of share, taken from a short list. The program proves its gap, so the
# difference is the price of simplicity and not a failed search.

# %%
data = study.lumpsum.data
designs = {
    "free": study.lumpsum.design,
    "simple": design_lumpsum(with_simple_terms(data, SimpleTerms(CHANGES, SHARES), ())),
}
terms = {
    (lot.name, name): dict(zip(lot.corridor.names, design.share[j].round(3), strict=True))
    | {"loading": design.loading[j]}
    for j, lot in enumerate(data.lots)
    for name, design in designs.items()
    if design.feasible
}
pd.DataFrame(terms).T

# %%
told = []
if chosen is None:
    told.append(f"no one-line corridor keeps the weakest provider's chance at {MOST_WEAKEST:.0%} or below")
else:
    kind = "of deficits and surpluses" if chosen["symmetric"] else "of deficits alone"
    told.append(
        f"free within ± {chosen['band']:.0%}, then a share of {chosen['share']:.0%} {kind}, is the cheapest one-line "
        f"corridor with the weakest provider ({chosen['provider']}) at {chosen['weakest']:.1%} ± {chosen['error']:.1%}"
    )
if all(design.feasible for design in designs.values()):
    price = designs["simple"].objective / designs["free"].objective - 1
    gap = max(design.gap or 0.0 for design in designs.values())
    told.append(f"the simple agreement costs {price:.3%} more than the free one (proved to {gap:.3%})")
else:
    told.append("no design for " + ", ".join(name for name, design in designs.items() if not design.feasible))
certainty = price_of_certainty(study.frontier, study.lumpsum.data.n_years)
if certainty is None:
    told.append("on these futures certainty has no price")
else:
    told.append(
        f"a point less chance for the weakest provider costs the municipalities {certainty[0]:,.0f} euro a year"
    )
print("Conclusion: " + "; ".join(told) + ".")
