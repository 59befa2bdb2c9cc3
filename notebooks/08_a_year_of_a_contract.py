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
# # A year of a contract
#
# The tender was decided on scenarios. Now the first contract year runs, and every month claims, starts and stops come in,
# late and incomplete. **The decision: do we act now, or wait for another report?**
#
# The year is drawn from the model itself, so we know how it ends; the report does not.

# %% tags=["parameters"]
CASE = "veenrand"
N_FUTURES, SEED, WORKERS = 64, 1, 1
LANG = "en"
YEAR_SEED = 3  # which invented year
REPORTS = [3, 6, 9]  # months of the reports to compare
ACT_AT = 0.5  # chance of ending above the budget from which we act: a choice of the council

# %%
import numpy as np
import pandas as pd

from bekostiging import read_case
from bekostiging.monitoring import drawn_months
from bekostiging.report import plot_year
from bekostiging.studies import monitor

case = read_case(CASE)
print(case.disclaimer[LANG])
drawn = drawn_months(case, YEAR_SEED, months=max(REPORTS), lang=LANG)

# %% [markdown]
# ## Three reports of one year
#
# Each report knows only what had come in by then. The band narrows, and the truth, what was delivered at the tariffs of the
# contract, should lie in it eight times out of ten.

# %%
years = {}
for month in REPORTS:
    through = f"{case.first_year}-{month:02d}"
    years[month] = monitor(case, drawn.figures, through, n_scenarios=N_FUTURES, seed=SEED, workers=WORKERS)
under = years[REPORTS[0]].cells.contract >= 0
price = years[REPORTS[0]].forecast.price.mean(axis=0)
truth = float(drawn.truth.units[0].sum(axis=0)[under] @ price[under])
rows = []
for month, year in years.items():
    claims = year.forecast.by_month.sum(axis=(1, 2))
    low, high = np.quantile(claims, [0.1, 0.9])
    rows.append(
        {
            "report": month,
            "expected": claims.mean(),
            "low": low,
            "high": high,
            "truth inside": low <= truth <= high,
        }
    )
pd.DataFrame(rows).set_index("report").round(-3)

# %%
plot_year(years[REPORTS[0]], lang=LANG)

# %% [markdown]
# ## What the last report says per contract
#
# Still to be paid, and why it is off: clients, kind of care, duration, units per month, price.

# %%
years[REPORTS[-1]].to_frame().round(0)

# %% [markdown]
# ## Has the inflow changed?
#
# The smallest rise from the month after the report on that later reports would see with a chance of 80 %; a rise must have
# lasted three months. A small region
# cannot see a small shift: the forecast follows it anyway.

# %%
first = years[REPORTS[0]]
smallest = pd.Series(first.rule.smallest_shift(REPORTS[0])[0], index=range(1, 13))
smallest[np.isfinite(smallest)].round(2)

# %%
budget = sum(first.begroting.values())
chances = {month: float((year.total > budget).mean()) for month, year in years.items()}
acted = [month for month, chance in chances.items() if chance >= ACT_AT]
told = ", ".join(f"{chance:.0%} by the report of month {month}" for month, chance in chances.items())
when = f"we act on the report of month {acted[0]}" if acted else "no report is a reason to act"
print(f"Conclusion: the chance of ending above the budget is {told}; from {ACT_AT:.0%} on, {when}.")
