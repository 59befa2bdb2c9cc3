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
# # A first comparison of the four payment forms
#
# A municipality prepares a tender. Before it talks to providers it wants a short list: which payment forms stay within
# what it can bear, and what its providers and clients can? Nobody can settle that by taste, because the forms cost the
# same when all goes as expected; they differ in what happens when it does not. So all four are settled **on the same
# simulated clients**, and held against limits that the council sets beforehand.
#
# The limits below are a choice. Change them, or the case (a folder of your own tables), and run again; the command
# `bekostiging compare` takes 512 scenarios and designs the lump sum on 2,048.

# %% tags=["parameters"]
CASE = "almere"
N_FUTURES, SEED, WORKERS = 64, 1, 1
N_DESIGN = 256  # scenarios the lump sum is designed on; for a real agreement 2,048, as the commands take
LANG = "en"
MOST_OVERRUN = 0.22  # chance that spending over the term passes what is begroot
MOST_BUFFER_USED = 0.10  # chance that the weakest provider uses up its free buffer
MOST_WAITING = 5_000  # clients who wait over the term, if limits are kept instead of passed

# %%
from bekostiging import compare, read_case
from bekostiging.evaluation import TERM, TOTAL, cheapest
from bekostiging.evaluation.figures import BUFFER_EXHAUSTED_PROBABILITY, OVERRUN_PROBABILITY, WAITING_CLIENTS
from bekostiging.report import inline_explore, plot_exceedance, plot_spending, progress_bars

case = read_case(CASE)
with progress_bars(LANG) as bars:
    outcome = compare(
        case, n_scenarios=N_FUTURES, design_scenarios=N_DESIGN, seed=SEED, workers=WORKERS, progress=bars
    )
print(case.disclaimer.get(LANG, ""))
outcome

# %% [markdown]
# Eight of ten scenarios lie inside the bar; the line runs to the mean of the worst 5 %. The dashed line is what the council
# has set aside under these contracts.

# %%
plot_spending(outcome, lang=LANG)

# %%
plot_exceedance(outcome, lang=LANG)

# %% [markdown]
# The same scenarios settle on a page of their own: move a slider and see what changes ([what if](../docs/what-if.md)).

# %%
inline_explore(outcome, lang=LANG)

# %% [markdown]
# ## Which forms stay on the list
#
# A chance is estimated from a finite number of scenarios. A form is taken off the list only when its chance is above the
# limit by more than its 95 % interval; within it, more scenarios must tell.

# %%
LIMITS = {"overrun": MOST_OVERRUN, "buffer": MOST_BUFFER_USED, "waiting": MOST_WAITING}


def figures(form):
    """The figures held against the limits, each with its standard error."""
    result = outcome.forms[form]
    return {
        "overrun": result.municipalities[TOTAL][TERM][OVERRUN_PROBABILITY],
        "buffer": max(
            (own[BUFFER_EXHAUSTED_PROBABILITY] for own in result.providers.values()), key=lambda e: e.value
        ),
        "waiting": result.corner_totals["wait"][WAITING_CLIENTS],
    }


def verdict(form):
    """Limits surely passed, and limits the scenarios cannot tell."""
    passed, unsure = [], []
    for name, found in figures(form).items():
        over = found.value - LIMITS[name]
        # what happened in none of the scenarios has no standard error
        margin = found.half_width() or 0.0
        if over > margin:
            passed.append(name)
        elif over > -margin:
            unsure.append(name)
    return passed, unsure


verdicts = {form: verdict(form) for form in outcome.forms}
for form, (passed, unsure) in verdicts.items():
    told = "off the list: " + ", ".join(passed) if passed else "stays"
    told += f" (not sure yet: {', '.join(unsure)})" if unsure else ""
    print(f"{form:20} {told}")

# %% [markdown]
# ## Which assumption turns the ranking
#
# One quantity at a time a little up and down, at expectation: which form is then cheapest for the municipality?

# %%
turns = {scenario.name["en"]: cheapest(scenario.spending) for scenario in outcome.sensitivities}
for name, forms in turns.items():
    print(f"{name:42} {', '.join(forms)}")

# %%
stays = [form for form, (passed, _) in verdicts.items() if not passed]
doubt = [form for form in stays if verdicts[form][1]]
clear = {forms[0] for forms in turns.values() if len(forms) == 1}
print(
    f"Conclusion: of {len(verdicts)} forms {len(stays)} stay within the limits ({', '.join(stays) or 'none'})",
    f"of which {len(doubt)} on too few scenarios to be sure"
    if doubt
    else "none of them in doubt"
    if stays
    else "relax a limit",
    f"and what happens decides which form is cheapest: {len(clear)} different forms are, over {len(turns)} assumptions."
    if len(clear) > 1
    else f"and one form is cheapest wherever one alone is: {', '.join(clear)}."
    if clear
    else "and no assumption makes one form alone the cheapest.",
    sep="; ",
)
