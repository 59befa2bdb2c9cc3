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
# # Risicoverevening between providers
#
# A lump sum pays for a task. A provider whose clients happen to be heavier loses by it and one with light clients wins,
# without either having done anything. **Norm amounts** per profile take that out beforehand; a **pool** between the
# providers of a lot takes out part of what is left after the year. Both have a price: every profile that a provider can
# influence invites it to register a heavier one, and every euro the pool refunds is a euro nobody watches.
#
# **The decision: how many characteristics to equalise on, and how large a pool?**

# %% tags=["parameters"]
CASE = "almere"
N_FUTURES, SEED, WORKERS = 64, 1, 1
N_DESIGN = 256  # scenarios the lump sum is designed on; for a real agreement 2,048, as the commands take
LANG = "en"
MOST_RESULT = 0.05  # largest result of a provider, as a part of its cost, that its client mix alone may cause
MOST_GAP = 250  # euro per client that a group may be under- or overcompensated
NEAR_LEAST = 0.10  # a pool is large enough when the worst tail is this near to the least one a pool can reach

# %%
import pandas as pd

from bekostiging import read_case
from bekostiging.report import plot_norm_amounts, plot_power_risk, presented, progress_bars
from bekostiging.studies import study_equalisation

case = read_case(CASE)
with progress_bars(LANG) as bars:
    study = study_equalisation(
        case, n_scenarios=N_FUTURES, design_scenarios=N_DESIGN, seed=SEED, workers=WORKERS, progress=bars
    )
print(case.disclaimer.get(LANG, ""))
study

# %%
print(*presented(study, LANG).sentences(), sep="\n")

# %%
plot_norm_amounts(study, lang=LANG)

# %% [markdown]
# ## How many characteristics
#
# One amount for everybody, one per care form, or one per profile. The simplest way that keeps every provider's result
# within the limit has the least to register and the least to argue about.

# %%
WAYS = {"flat": "one amount", "care_form": "one amount per care form", "least_squares": "one amount per profile"}
ways = pd.DataFrame(
    [
        {"way": title, "hardest hit": study.methods[name].largest, "spread": study.methods[name].spread}
        for name, title in WAYS.items()
        if name in study.methods
    ]
)
ways

# %% [markdown]
# Fairness to providers is not fairness to groups of clients: whose care is under- or overcompensated by more than the
# limit, beyond its 95 % interval?

# %%
shown = [one for one in study.groups if one.compensation is not None]
groups = pd.DataFrame(
    {
        "group": [f"{one.partition}: {one.label}" for one in shown],
        "euro per client": [one.compensation.value for one in shown],
        "95 % interval, ±": [one.compensation.half_width() or 0.0 for one in shown],
    }
)
beyond = groups[groups["euro per client"].abs() - groups["95 % interval, ±"] > MOST_GAP]
groups

# %% [markdown]
# ## How large a pool
#
# Power is the part of the next euro that stays the provider's own. The line is the best any pool can do at each power:
# less power, a smaller tail for the worst-off provider. Where the line is flat, the pool costs power and buys nothing.

# %%
for pool in study.pools:
    plot_power_risk(study, lot=pool.data.lot, lang=LANG).set_title(pool.data.lot, fontsize=9)


# %%
def enough(pool):
    """The design with most power whose worst tail is near the least that any pool reaches."""
    tails = [design.risk for design in pool.frontier]
    near = min(tails) + NEAR_LEAST * (max(tails) - min(tails))
    return max((design for design in pool.frontier if design.risk <= near), key=lambda design: design.target)


pools = pd.DataFrame(
    [
        {
            "lot": pool.data.lot,
            "power": enough(pool).target,
            "worst tail without": max(design.risk for design in pool.frontier),
            "worst tail with": enough(pool).risk,
        }
        for pool in study.pools
    ],
    columns=["lot", "power", "worst tail without", "worst tail with"],
)
pools

# %%
fits = ways[ways["hardest hit"] <= MOST_RESULT]
parts = [
    f"{fits.iloc[0]['way']} keeps every provider within {MOST_RESULT:.0%} of its cost ({fits.iloc[0]['hardest hit']:.1%})"
    if len(fits)
    else f"no way keeps every provider within {MOST_RESULT:.0%}; the best misses {ways['hardest hit'].min():.1%}",
    f"{len(beyond)} of {len(groups)} groups are surely off by more than {MOST_GAP} euro per client"
    + (f" ({', '.join(beyond['group'])})" if len(beyond) else ""),
]
influenced = sum(one.influenceable for one in study.clients.adjusters)
if influenced:
    parts.append(
        f"{influenced} of {len(study.clients.adjusters)} profiles can be influenced by who registers them"
    )
needed = pools[pools["power"] < 1]
if len(pools):
    told = f"a pool is needed in {len(needed)} of {len(pools)} lots to bring the worst tail that near to the least"
    told += f", at a power of {needed['power'].min():.0%} to {needed['power'].max():.0%}" if len(needed) else ""
else:
    told = "no lump sum satisfies all limits, so there is no pool to design"
parts.append(told)
print("Conclusion: " + "; ".join(parts) + ".")
