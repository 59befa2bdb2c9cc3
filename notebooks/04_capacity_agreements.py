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
# # Capacity agreements
#
# Capacity is agreed before demand is known. Too few places and children wait, or are placed elsewhere at a premium; too many
# and the municipality pays for rooms that stand empty. The national wish is **fewer contracts**: easier to manage, but every
# contract that is left out takes a choice away, and one that fails leaves a larger hole.
#
# **The decision: with how many providers per lot does the region contract, and does it dare to?**

# %% tags=["parameters"]
MUNICIPALITIES, PROVIDERS = 3, 8
N_FUTURES, N_YEARS, SEED, WORKERS = 32, 1, 1, 1
LANG = "en"
SECONDS = 60.0  # at most, for the plan; what is not proved by then is said
MOST_EXTRA = 0.02  # how much dearer than with all providers the region accepts
MOST_WAIT_SHARE = (
    0.10  # part of those who ask that may not be served within the quarter, in any care form and municipality
)

# %%
import pandas as pd

from bekostiging.case import synthetic_region
from bekostiging.report import plot_capacity, plot_flows, plot_waiting, presented, progress_bars
from bekostiging.studies import study_capacity

case = synthetic_region(municipalities=MUNICIPALITIES, providers=PROVIDERS)
with progress_bars(LANG) as bars:
    study = study_capacity(
        case,
        seconds=SECONDS,
        n_scenarios=N_FUTURES,
        n_years=N_YEARS,
        seed=SEED,
        workers=WORKERS,
        progress=bars,
    )
print(case.disclaimer.get(LANG, ""))
study

# %%
print(*presented(study, LANG).sentences(), sep="\n")

# %% [markdown]
# Places as a line, against the fan of clients who would be in care if nobody waited.

# %%
for care_form in study.plan.data.care_forms:
    plot_capacity(study, care_form=care_form, lang=LANG)

# %%
plot_waiting(study, lang=LANG)

# %%
plot_flows(study, lang=LANG)

# %% [markdown]
# ## What fewer providers cost
#
# The best plan with at most so many providers per lot. Both ends are printed: the plan that was found, and the bound
# below which none can lie. A number is accepted only when the plan found is surely near enough to the best with all.

# %%
curve = pd.DataFrame(
    [
        {
            "providers per lot": n,
            "contracts": one.number,
            "found, m euro": one.objective / 1e6,
            "bound, m euro": one.bound / 1e6,
        }
        for n, one in study.curve.items()
        if one is not None
    ]
).set_index("providers per lot")
least = curve["bound, m euro"].iloc[-1]
curve["at most dearer"] = curve["found, m euro"] / least - 1
curve

# %%
axes = curve[["found, m euro", "bound, m euro"]].plot(style=["o-", "_"], figsize=(6.0, 2.8))
axes.axhline((1 + MOST_EXTRA) * least, color="#777777", linewidth=0.9, linestyle=":")
axes.set_ylabel("m euro, mean and tail weighed")

# %% [markdown]
# ## What happens when one fails
#
# The plan as it is, one provider gone, nothing agreed anew: what is bought elsewhere, and who waits.

# %%
failed = pd.DataFrame(
    [
        {
            "provider": one.provider,
            "extra cost, m euro": one.extra_cost.mean() / 1e6,
            "extra client-weeks waiting": one.extra_waiting.mean(),
        }
        for one in study.failures
    ],
    columns=["provider", "extra cost, m euro", "extra client-weeks waiting"],
).set_index("provider")
failed.round(2)

# %%
waits = pd.DataFrame(
    [
        {
            "care form": one.care_form,
            "municipality": one.municipality,
            "not served within the quarter": one.wait_share.value,
            "95 % interval, ±": one.wait_share.half_width() or 0.0,
        }
        for one in study.waiting
        if one.wait_share is not None
    ]
)
too_long = waits[waits["not served within the quarter"] - waits["95 % interval, ±"] > MOST_WAIT_SHARE]
waits.round(3)

# %%
fits = curve[curve["at most dearer"] <= MOST_EXTRA]
parts = [
    f"with at most {fits.index[0]} providers per lot the plan is surely within {MOST_EXTRA:.0%} of the best with all "
    f"({fits['at most dearer'].iloc[0]:.1%} at most)"
    if len(fits)
    else f"no number of providers is surely within {MOST_EXTRA:.0%} of the best with all; more SECONDS may prove it",
    f"in {len(too_long)} of {len(waits)} care forms and municipalities surely more than {MOST_WAIT_SHARE:.0%} of those "
    "who ask are not served within the quarter"
    + (f" (most in {waits.loc[waits['not served within the quarter'].idxmax(), 'care form']})" if len(too_long) else ""),
]  # fmt: skip
if len(failed):
    worst = failed["extra cost, m euro"].idxmax()
    weeks = failed.loc[worst, "extra client-weeks waiting"]
    parts.append(
        f"the failure of {worst} costs most: {failed.loc[worst, 'extra cost, m euro']:.1f} m euro, with {abs(weeks):,.0f} "
        f"client-weeks of waiting {'more' if weeks >= 0 else 'less'}"
    )
for title, more in (
    ("as expected", study.averages.extra_expected),
    ("in the worst scenarios", study.averages.extra_tail),
):
    margin = more.half_width() or 0.0
    if abs(more.value) <= margin:
        parts.append(f"planning on averages would cost as much {title}, as far as these scenarios tell")
    else:
        parts.append(
            f"planning on averages would cost {abs(more.value) / 1e6:.2f} m euro {'more' if more.value > 0 else 'less'} "
            f"{title} (95 % interval ± {margin / 1e6:.2f})"
        )
print("Conclusion: " + "; ".join(parts) + ".")
