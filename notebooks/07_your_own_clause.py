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
# # Your own contract clause
#
# Providers of a lump sum fear crisis care: it may not be refused and nobody can plan it. One proposes a **crisis
# clause**: if crisis care is more than expected, the municipality pays a part of the excess beside the lump sum. The
# municipality could also put the same money into the lump sum itself.
#
# **The decision: for the same expected euro, what protects the weakest provider better, the clause or a higher budget?**
#
# The clause is not in the package. It takes one class of ten lines, and is then settled on the same simulated clients as
# everything else.

# %% tags=["parameters"]
CASE = "almere"
N_FUTURES, SEED, WORKERS = 64, 1, 1
N_DESIGN = 256  # scenarios the lump sum is designed on; for a real agreement 2,048, as the commands take
LANG = "en"
SHARE = 0.8  # part of the excess of crisis care that the municipality pays
CONFIDENCE = 0.95  # the worst 5 % of scenarios

# %%
from dataclasses import dataclass
from typing import ClassVar

import matplotlib.pyplot as plt
import numpy as np

from bekostiging import compare, read_case
from bekostiging.contracts import Clause, settle
from bekostiging.evaluation import levels_by_lot
from bekostiging.report import progress_bars
from bekostiging.scenarios import map_blocks, plan
from bekostiging.studies import contracts_in_force
from bekostiging_solvers import Estimate, Scramblings, cvar

case = read_case(CASE)
with progress_bars(LANG) as bars:
    outcome = compare(
        case, n_scenarios=N_FUTURES, design_scenarios=N_DESIGN, seed=SEED, workers=WORKERS, progress=bars
    )
print(case.disclaimer.get(LANG, ""))


# %% [markdown]
# A clause says how many euros one unit of its share moves in every scenario and year (`euros`); `contract & clause` adds
# it. What it needs of the clients is in `CareUse`: here the units of crisis care per cell.


# %%
@dataclass(frozen=True)
class CrisisClause(Clause):
    """A share (1,) of crisis care at the tariff (n_own_cells,) above what was expected, euro a year (n_years,)."""

    kind: ClassVar[str] = "crisis"
    tariff: np.ndarray
    expected: np.ndarray
    share: np.ndarray

    def euros(self, position):
        """Excess over the expectation, indexed as the tariff is; never below zero."""
        crisis = position.care_use.crisis_units[..., position.cells] @ self.tariff
        return (np.maximum(crisis - self.expected, 0.0) * position.tariff_level)[..., None]


# %% [markdown]
# What is expected comes from one set of scenarios, the judgement from another, so that the clause is not measured on what
# it was fitted to.

# %%
plain = contracts_in_force(outcome)["taakgericht"]
design, out_of_sample = (
    plan(outcome.case, N_FUTURES, outcome.n_years, SEED, stream) for stream in ("design", "out_of_sample")
)


def crisis_of(block):
    """Crisis care of every contract at its tariff, euro; (n_scenarios, n_years, n_contracts)."""
    use = block.care_use()
    return np.stack([use.crisis_units[..., one.cells] @ one.tariff for one in plain], axis=2)


expected = np.concatenate(map_blocks(design, crisis_of)).mean(axis=0)
in_crisis = expected.sum(axis=0) > 0  # contracts with crisis care
clause = [CrisisClause(one.tariff, expected[:, c], np.array([SHARE])) for c, one in enumerate(plain)]
protected = [one & own for one, own in zip(plain, clause, strict=True)]


def settled(block):
    """Payment without and with the clause, and cost, of every contract; (3, n_scenarios, n_years, n_contracts)."""
    use = block.care_use()
    levels = levels_by_lot(outcome.case, use)
    both = [[settle(one, use, levels[one.lot]) for one in contracts] for contracts in (plain, protected)]
    paid = [np.stack([one.payment for one in side], axis=2) for side in both]
    return np.stack([*paid, np.stack([one.cost for one in both[0]], axis=2)])


without, with_clause, cost = np.concatenate(map_blocks(out_of_sample, settled), axis=1)

# %% [markdown]
# Two checks before any conclusion. The clause only ever pays, never takes; and a share of zero is no clause at all.

# %%
use = map_blocks(plan(outcome.case, 32, outcome.n_years, SEED, "out_of_sample"), lambda block: block.care_use())[0]
levels = levels_by_lot(outcome.case, use)
nothing = plain[0] & CrisisClause(plain[0].tariff, expected[:, 0], np.zeros(1))
checks = {
    "never takes": bool((with_clause >= without - 0.01).all()),
    "a share of zero pays nothing": bool(
        np.allclose(
            settle(nothing, use, levels[nothing.lot]).payment, settle(plain[0], use, levels[nothing.lot]).payment
        )
    ),
}
if not all(checks.values()):
    raise RuntimeError(f"the clause does not do what it says: {checks}")
checks

# %% [markdown]
# ## The same money, two ways
#
# The clause costs the municipality its expected payment. The alternative raises the lump sums of the contracts with
# crisis care by one percentage, so that the expected payment is equal to the euro. The tail of a provider is the mean
# loss over the term in its worst scenarios; the weakest is the one whose tail is largest beside its buffer.

# %%
discount = outcome.lumpsum.data.discount
providers = [provider.id for provider in outcome.case.providers]
owner = np.array([[one.provider == name for name in providers] for one in plain], dtype=float)
extra = np.einsum("stc,t->sc", with_clause - without, discount)
budget = np.einsum("stc,t->sc", without, discount) * in_crisis
raise_by = float(extra.mean(axis=0).sum() / budget.mean(axis=0).sum()) if in_crisis.any() else 0.0
result = np.einsum("stc,t->sc", without - cost, discount)
ways = {
    "nothing": result @ owner,
    "clause": (result + extra) @ owner,
    "higher budget": (result + raise_by * budget) @ owner,
}
tails = {way: np.array([cvar(-own[:, p], CONFIDENCE) for p in range(len(providers))]) for way, own in ways.items()}
concerned = np.flatnonzero(in_crisis @ owner > 0)
beside_buffer = {int(p): tails["nothing"][p] / max(1.0, outcome.buffer[p]) for p in concerned}

# %%
_, axes = plt.subplots(figsize=(6.4, 3.0), layout="constrained")
for shift, way in zip((-0.25, 0.0, 0.25), tails, strict=True):
    axes.barh(np.arange(len(concerned)) + shift, tails[way][concerned] / 1e6, height=0.22, label=way)
axes.set_yticks(range(len(concerned)), [outcome.case.providers[p].name for p in concerned])
axes.set_xlabel(f"loss over the term in the worst {1 - CONFIDENCE:.0%} of scenarios, m euro (below zero: a gain)")
axes.legend(fontsize=8)

# %% [markdown]
# The difference between the two is taken on the same scenarios, with its own standard error (a jackknife over eight
# groups of them), because both share their chance and the difference is known far better than either.


# %%
def difference(p, kept):
    """Tail of a provider under the clause minus its tail under the higher budget, on some scenarios."""
    return cvar(-ways["clause"][kept, p], CONFIDENCE) - cvar(-ways["higher budget"][kept, p], CONFIDENCE)


if not beside_buffer:
    verdict = "there is no crisis care in these contracts, so the clause does nothing"
else:
    weakest = max(beside_buffer, key=beside_buffer.get)
    scenarios = np.arange(out_of_sample.n_scenarios)
    left_out = [difference(weakest, np.delete(scenarios, group)) for group in np.array_split(scenarios, 8)]
    error = float(np.sqrt((len(left_out) - 1) * np.var(left_out)))
    found, name = float(difference(weakest, scenarios)), outcome.case.providers[weakest].name
    margin = Estimate(found, error, degrees_of_freedom=len(left_out) - 1).half_width()
    if abs(found) <= margin:
        verdict = (
            f"the two protect {name}, the weakest provider with crisis care, alike as far as these scenarios tell"
        )
    else:
        better = "the clause" if found < 0 else "the higher budget"
        verdict = (
            f"{better} protects {name}, the weakest provider with crisis care, better: its loss in the worst "
            f"{1 - CONFIDENCE:.0%} is {abs(found) / 1e6:.2f} m euro smaller (95 % ± {margin / 1e6:.2f})"
        )
paid = Scramblings(out_of_sample.n_scramblings).mean(extra.sum(axis=1))
print(
    f"Conclusion: the clause costs the municipality {paid.value / 1e6:.2f} m euro over the term as expected "
    f"(± {paid.standard_error / 1e6:.2f}), as much as lump sums with crisis care "
    f"{raise_by:.2%} higher; for that money {verdict}."
)
