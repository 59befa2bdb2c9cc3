"""The design sample matched to what is expected, so that chance in its means does not decide loadings.

Per contract and year every euro array that follows units (base, cost, what other forms claim before their ceilings) is
multiplied by one factor k = expected base / mean base of the sample (moment matching; Glasserman 2003, Monte Carlo Methods
in Financial Engineering, section 4.5). The expectation is that of many scenarios in closed form, not of factors at one.
Layers are computed from the matched base. A mean of zero is left, and so is a contract with clauses before its corridor:
what those leave of the base is not proportional to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.recut import base_of
from bekostiging_solvers.typing import BoolArray, FloatArray


@kinds_checked
def matched(
    data: LumpSumData, closed: LumpSumData, plain: BoolArray, cut: Mapping[str, FloatArray] | None = None
) -> LumpSumData:
    """The decision on a sample whose means are the expectations in closed form.

    Parameters
    ----------
    data : LumpSumData
        The sample.
    closed : LumpSumData
        The same decision on many scenarios in closed form.
    plain : (n_contracts,) bool
        Contracts without clauses before the corridor; the others stay as sampled.
    cut : mapping of str to (n_scenarios, n_contracts, n_years), optional
        What ceilings refused under other payment forms, euro.

    Returns
    -------
    LumpSumData

    Examples
    --------
    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from bekostiging.lumpsum import example_data, matched
    >>> data = example_data()
    >>> closed = replace(data, cost=1.1 * data.cost, amounts=tuple(1.1 * one for one in data.amounts))
    >>> changed = matched(data, closed, plain=np.array([False]))
    >>> bool((changed.cost == data.cost).all())
    True
    """
    factor = matching_factors(data, closed, plain)
    amounts = tuple(
        data.lots[data.lot[c]].corridor.amounts(factor[c] * base_of(data, c), data.reference[c] * data.index[:, c])
        if plain[c]
        else data.amounts[c]
        for c in range(len(data.contracts))
    )
    others = {
        form: _claims(paid, (cut or {}).get(form, np.zeros_like(paid)), factor)
        for form, paid in data.other_payments.items()
    }
    return replace(data, cost=data.cost * factor, amounts=amounts, other_payments=others)


@kinds_checked
def matching_factors(data: LumpSumData, closed: LumpSumData, plain: BoolArray) -> FloatArray:
    """Expected base over the mean base of the sample, per contract and year; k (n_contracts, n_years).

    Parameters
    ----------
    data, closed : LumpSumData
        The sample, and the same decision on many scenarios in closed form.
    plain : (n_contracts,) bool
        Contracts that are matched; one for the others, and where a mean is zero.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.lumpsum import example_data, matching_factors
    >>> matching_factors(example_data(), example_data(), np.array([True]))
    array([[1.]])
    """
    factor = np.ones(data.reference.shape)
    for c in np.flatnonzero(plain):
        sampled, expected = (base_of(one, int(c)).mean(axis=0, dtype=np.float64) for one in (data, closed))
        np.divide(expected, sampled, out=factor[c], where=(sampled > 0) & (expected > 0))
    return factor


def _claims(paid: FloatArray, cut: FloatArray, factor: FloatArray) -> FloatArray:
    """Claims times the factor, up to what the ceiling paid where it refused something."""
    ceiling = np.where(cut > 0, paid, np.inf)
    return np.asarray(np.minimum((paid + cut) * factor, ceiling))
