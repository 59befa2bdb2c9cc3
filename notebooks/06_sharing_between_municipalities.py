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
# # Sharing between eight municipalities
#
# Eight municipalities buy together. Somebody must pay when one child needs three years of residential care, and a small
# municipality feels that most. A **sharing key** divides what is paid: by use (whoever uses pays, and bears its own
# chance) or by something everybody has, such as inhabitants (solidarity, and somebody always pays for another).
#
# **The decision: which key, such that nobody's bill moves too far and no group would be cheaper off alone?**

# %% tags=["parameters"]
MUNICIPALITIES, PROVIDERS = 8, 12
N_FUTURES, SEED, WORKERS = 128, 1, 1
N_DESIGN = 256  # scenarios the lump sum is designed on; for a real agreement 2,048, as the commands take
LANG = "en"
SOLIDARITY = 0.3  # part of the bill that the key "dial" divides by inhabitants
THRESHOLD = 40_000.0  # euro a year above which the key "hybrid" shares a client's cost
EXIT_COST = 500_000.0  # euro over the term that leaving costs a municipality
MOST_CHANGE = 0.05  # largest change of anybody's expected bill that the councils accept

# %%
import pandas as pd

from bekostiging.case import synthetic_region
from bekostiging.report import plot_key_changes, presented, progress_bars
from bekostiging.studies import IN_FORCE, study_sharing

case = synthetic_region(municipalities=MUNICIPALITIES, providers=PROVIDERS)
with progress_bars(LANG) as bars:
    study = study_sharing(
        case,
        solidarity=SOLIDARITY,
        threshold=THRESHOLD,
        exit_cost=EXIT_COST,
        n_scenarios=N_FUTURES,
        design_scenarios=N_DESIGN,
        seed=SEED,
        workers=WORKERS,
        progress=bars,
    )
print(case.disclaimer.get(LANG, ""))
study

# %%
print(*presented(study, LANG).sentences(), sep="\n")

# %%
plot_key_changes(study, lang=LANG)

# %% [markdown]
# ## What going together is worth
#
# Alone every municipality keeps money for its own worst scenarios; together they keep less, because not all worst scenarios
# come at once. What it saves each, when the saving is divided so that the least content coalition is as content as can
# be (the nucleolus):

# %%
surcharge = next(game for game in study.games if game.game == "surcharge")
worth = pd.DataFrame(
    {
        "municipality": study.data.municipalities,
        "alone, m euro": [round(one.value / 1e6, 2) for one in surcharge.alone],
        "saved, m euro": [round(one.value / 1e6, 2) for one in surcharge.saving],
        "± ": [round(one.standard_error / 1e6, 2) for one in surcharge.saving],
    }
)
worth

# %% [markdown]
# ## Which keys remain
#
# A key falls away when somebody's bill moves further than accepted, or when some group would surely (by more than two
# standard errors) be cheaper off alone, exit cost included. What a key does for stability is how much less a bill
# swings between scenarios, for whom it swings most.

# %%
frame = study.to_frame().pivot_table(index=["key", "municipality"], columns="figure", values="value")
today = frame.loc[IN_FORCE]
rows = []
for key in study.keys:
    own, core = frame.loc[key], study.core[key]
    rows.append(
        {
            "key": key,
            "largest change": (own["change"] / today["expected"]).abs().max(),
            "most volatile bill": (own["volatility"] / own["expected"]).max(),
            "gain of leaving, m euro": round(core.euros.value / 1e6, 2),
            "group surely leaves": core.euros.value > (core.euros.half_width() or 0.0) and not core.holds,
        }
    )
keys = pd.DataFrame(rows).set_index("key")
keys["remains"] = (keys["largest change"] <= MOST_CHANGE) & ~keys["group surely leaves"]
keys

# %%
remain = keys[keys["remains"] & (keys.index != IN_FORCE)]
parts = [
    f"{len(remain)} of {len(keys) - 1} keys move no bill by more than {MOST_CHANGE:.0%} and let no group surely gain by "
    "leaving" + (f" ({', '.join(remain.index)})" if len(remain) else "")
]
if len(remain):
    best = remain["most volatile bill"].idxmin()
    now, then = keys.loc[IN_FORCE, "most volatile bill"], keys.loc[best, "most volatile bill"]
    parts.append(
        f"of these {best} makes the most volatile bill swing least: {then:.1%} of its expectation, "
        + (f"today {now:.1%}" if then < now else f"which is no better than today's {now:.1%}")
    )
alone, together = sum(one.value for one in surcharge.alone), surcharge.together.value
error = surcharge.together.standard_error
parts.append(
    f"going together saves the region {(alone - together) / 1e6:.0f} of the {alone / 1e6:.0f} m euro its members would keep "
    f"alone for their worst {1 - study.data.confidence:.0%} (what they keep together is known to ± {error / 1e6:.0f} m)"
)
print("Conclusion: " + "; ".join(parts) + ".")
