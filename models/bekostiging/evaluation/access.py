"""Who decides on access: the municipality, a provider, or a referrer such as the general practitioner."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bekostiging.case import Case


@dataclass(frozen=True)
class AccessShares:
    """Who decides on the starts that are expected in a year, as parts of them; they add up to one.

    Attributes
    ----------
    municipality, provider, referrer : float
        The municipality's own access, providers who got the access of their lot, and who refers.
    starts : float
        Starts a year.

    Examples
    --------
    >>> AccessShares(0.3, 0.0, 0.7, starts=200.0).municipality
    0.3
    """

    municipality: float
    provider: float
    referrer: float
    starts: float


def access_shares(case: Case, lots: Collection[str]) -> AccessShares:
    """Who decides on access to some lots: where the provider does, it has what the municipality's own access had.

    Parameters
    ----------
    case : Case
        Tables lots, demand and policy ``access``.
    lots : collection of str
        Ids of lots.

    Returns
    -------
    AccessShares
        Weighted with the starts of a year; all zero where nothing starts.

    Examples
    --------
    >>> from bekostiging.case.region import synthetic_region
    >>> access_shares(synthetic_region(municipalities=2, providers=6), ["youth"]).municipality
    0.3
    """
    parts = dict.fromkeys(("municipality", "provider", "referrer"), 0.0)
    for lot in case.lots:
        if lot.id not in lots:
            continue
        own = "provider" if case.policy.access(lot.id) == "provider" else "municipality"
        for row in case.demand:
            if row.area in lot.areas and row.care_form in lot.care_forms:
                parts[own] += row.starts_per_year * row.own_access_share
                parts["referrer"] += row.starts_per_year * (1 - row.own_access_share)
    starts = sum(parts.values())
    return AccessShares(
        **{party: part / starts if starts else 0.0 for party, part in parts.items()}, starts=starts
    )
