"""Lots whose terms are agreed: they stand, and the rest is designed around them.

Nothing is decided in such a lot, so a limit on its terms alone (fair price, legal least share, no negative payment) holds
or is broken whatever the rest becomes. The design therefore does not ask them; whoever judges it can (``judged``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import LUMP_SUM, Corridor, WithoutCare
from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.recut import base_of


@dataclass(frozen=True)
class AgreedTerms:
    """Terms of one lot that stand.

    Attributes
    ----------
    form : str
        Payment form; under another one than the lump sum the rest does not act.
    loading : float
        Budget over reference amount, less one.
    corridor : Corridor
        Its layers, every share given.

    Examples
    --------
    >>> from bekostiging.lumpsum import AgreedTerms, menu_corridor
    >>> AgreedTerms("inspanningsgericht", 0.0, menu_corridor(())).form
    'inspanningsgericht'
    """

    form: PaymentForm
    loading: float
    corridor: Corridor


@kinds_checked
def with_agreed(data: LumpSumData, agreed: Mapping[str, AgreedTerms], *, judged: bool = False) -> LumpSumData:
    """The decision with the terms of some lots given.

    Parameters
    ----------
    data : LumpSumData
        The decision as it is; other payment forms that were agreed are among its ``other_payments``.
    agreed : mapping of str to AgreedTerms
        By id of the lot.
    judged : bool
        Whether limits on agreed terms alone are kept, to be judged; a design does not ask them.

    Returns
    -------
    LumpSumData

    Examples
    --------
    A corridor of 5 % with half of the rest shared, and a budget of 2 % above the reference amount, are kept.

    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from bekostiging.lumpsum import AgreedTerms, design_lumpsum, example_data, menu_corridor, with_agreed
    >>> corridor = replace(menu_corridor((0.05,)), share=np.array([0.0, 0.5, 0.0, 0.5]))
    >>> data = with_agreed(example_data(), {"ambulant": AgreedTerms("taakgericht", 0.02, corridor)})
    >>> design = design_lumpsum(data)
    >>> round(float(design.loading[0]), 6), design.share[0]
    (0.02, array([0. , 0.5, 0. , 0.5]))
    """
    if not agreed:
        return data
    mine = [agreed.get(lot.name) for lot in data.lots]
    lots = tuple(
        lot if own is None else replace(
            lot, corridor=own.corridor, agreed=True, waiting_list_forbidden=judged and lot.waiting_list_forbidden
        )
        for lot, own in zip(data.lots, mine, strict=True)
    )  # fmt: skip
    amounts, fair = list(data.amounts), data.fair_price.copy()
    least = list(data.without_care) or [_whole_budget(leave=0.0)] * len(data.contracts)
    for c, j in enumerate(data.lot):
        own = mine[j]
        if own is None:
            continue
        amounts[c] = own.corridor.amounts(base_of(data, c), data.reference[c] * data.index[:, c])
        if not judged:
            fair[c], least[c] = 0.0, _whole_budget(leave=1.0)
    chosen = {one.form for one in agreed.values()} | {LUMP_SUM}
    free = -1 if set(data.forms) - chosen else 0
    form = np.array([free if own is None else data.forms.index(own.form) for own in mine])
    loading = np.array([np.nan if own is None else own.loading if own.form == LUMP_SUM else 0.0 for own in mine])
    held = replace(data.held, form=form, least=loading, most=loading)
    return replace(data, lots=lots, amounts=tuple(amounts), fair_price=fair, without_care=tuple(least), held=held)


def _whole_budget(leave: float) -> WithoutCare:
    """The whole budget is paid when nothing is delivered, and the corridor sees this part of the reference amount."""
    return WithoutCare(np.array([1.0]), np.array([0.0]), np.array([leave]))
