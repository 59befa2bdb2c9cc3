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
# safer and the municipality's worst scenarios dearer. **The decision: how wide a band, and how large a share?**
#
# The model chooses both, per lot and layer, so that capital, return, fair price and every begroting hold. The council may
# prefer an agreement that fits on one line. What does that cost, and which simple corridor would it be?

# %% tags=["parameters"]
CASE = "almere"
N_FUTURES, SEED, WORKERS = 64, 1, 1
N_DESIGN = 256  # scenarios the lump sum is designed on; for a real agreement 2,048, as the commands take
LANG = "en"
RISK_WEIGHT = 0.5  # weight of the worst scenarios in what the municipality minimises; 0 looks at the mean alone
CONFIDENCE = 0.95  # the worst 5 %
MOST_WEAKEST = 0.04  # highest chance accepted that the weakest provider passes its limit
SHARES = (0.0, 0.25, 0.5, 0.75)  # shares a simple agreement may name
CHANGES = 1  # how often the share may change on a side of the reference

# %%
from dataclasses import asdict

import pandas as pd

from bekostiging import read_case
from bekostiging.lumpsum import SimpleTerms, design_within, price_of_certainty, with_simple_terms
from bekostiging.report import plot_frontier, presented, progress_bars
from bekostiging.studies import study_lumpsum

case = read_case(CASE)
with progress_bars(LANG) as bars:
    study = study_lumpsum(
        case,
        risk_weight=RISK_WEIGHT,
        confidence=CONFIDENCE,
        n_scenarios=N_FUTURES,
        design_scenarios=N_DESIGN,
        seed=SEED,
        workers=WORKERS,
        progress=bars,
    )
print(case.disclaimer.get(LANG, ""))
study

# %% [markdown]
# What the design promises, on the scenarios it was made on and on scenarios it has not seen:

# %%
print(*presented(study, LANG).sentences(), sep="\n")

# %% [markdown]
# ## What certainty of the providers costs
#
# Every dot is a corridor with one band and one share, its loading designed anew. To the left the weakest provider is
# safer; lower down the municipalities' worst scenarios are cheaper. Dark dots: nothing is better at both ends.

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
# The agreement above is signable already: shares in steps of five points and one free zone per side. Beside it the
# agreement that may have any share, and one with at most a few changes of share from a short list; all under the same
# limits with the same margins. The program proves its gap, so the difference is the price of simplicity and not a failed
# search. It is told in euros of spending on scenarios that made none of them.

# %%
data, judge = study.lumpsum.data, study.lumpsum.judge
made = {
    "any share": None if study.lumpsum.free is None else study.lumpsum.free.design,
    "signable": study.lumpsum.design if study.lumpsum.design.feasible else None,
    "one line": design_within(with_simple_terms(data, SimpleTerms(CHANGES, SHARES), ())),
}
designs = {name: design for name, design in made.items() if design is not None}
terms = {
    (lot.name, name): dict(zip(lot.corridor.names, design.share[j].round(3), strict=True))
    | {"loading": design.loading[j]}
    for j, lot in enumerate(data.lots)
    for name, design in designs.items()
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
if len(designs) == len(made):
    gap = max(design.gap or 0.0 for design in designs.values())
    for name in ("signable", "one line"):
        expected, tail = judge.difference(designs[name], designs["any share"])
        told.append(
            f"the {name} agreement is expected to cost {expected.value:,.0f} euro more over the term than one with any "
            f"share, and {tail.value:,.0f} euro in the worst scenarios (designs proved to {gap:.3%})"
        )
else:
    told.append("no design for " + ", ".join(name for name in made if name not in designs))
certainty = price_of_certainty(study.frontier, study.lumpsum.data.n_years)
if certainty is None:
    told.append("on these scenarios certainty has no price")
else:
    told.append(
        f"a point less chance for the weakest provider costs the municipalities {certainty[0]:,.0f} euro a year"
    )
print("Conclusion: " + "; ".join(told) + ".")
