# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # A first comparison of the four payment forms
#
# The embedded case `almere`: published figures on demand, invented providers and prices. Change the two numbers
# below and run again; 512 futures is what the command takes.

# %%
from bekostiging import compare, read_case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.stress import TERM, TOTAL, cheapest

N_SCENARIOS = 32
SEED = 1

# %%
case = read_case("almere")
outcome = compare(case, n_scenarios=N_SCENARIOS, seed=SEED)
print(case.disclaimer["en"])

# %% [markdown]
# What each form costs the municipality, and whom it exposes. Every estimate carries its standard error.

# %%
for form in PAYMENT_FORMS:
    result = outcome.forms[form]
    spending = result.municipalities[TOTAL][TERM]
    weakest = max(own["buffer_exhausted_probability"].value for own in result.providers.values())
    waiting = result.corner_totals["wait"]["waiting_clients"].value
    expected, error = spending["expected"].value / 1e6, spending["expected"].standard_error / 1e6
    print(
        f"{form:20} expected {expected:6.1f} ± {error:.1f} m euro, "
        f"worst 5 % {spending['cvar95'].value / 1e6:6.1f}, weakest buffer used up {weakest:4.0%}, waiting {waiting:6.0f}"
    )

# %% [markdown]
# The conclusion, from the numbers: at price parity the forms cost the same as expected, and the assumption that
# fails decides which one was cheap.

# %%
for course in outcome.sensitivities:
    print(f"{course.name['en']:40} cheapest for the municipality: {', '.join(cheapest(course.spending))}")
