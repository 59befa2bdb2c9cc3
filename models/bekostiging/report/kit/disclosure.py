"""When an amount of several providers may be shown without telling what one of them gets.

Totals betray by subtraction: of two providers each knows the other's amount, and of a large one the total tells nearly
all. So an amount is shown only where at least four providers carry it and none has over 70 %.
"""

from __future__ import annotations

from collections.abc import Sequence

FEWEST, LARGEST = 4, 0.70
"""Providers that must carry an amount, and the largest part that one of them may have."""
EXACT = 1e-9
"""What sums of cents leave: a part of exactly the largest is not over it."""


def may_be_shown(amounts: Sequence[float]) -> bool:
    """Whether the sum of amounts, one for each provider, tells of none of them.

    >>> may_be_shown([3.0, 3.0, 2.0, 2.0]), may_be_shown([5.0, 5.0, 5.0]), may_be_shown([8.0, 1.0, 0.5, 0.5])
    (True, False, False)
    """
    carrying = [one for one in amounts if one > 0]
    return len(carrying) >= FEWEST and max(carrying) <= LARGEST * sum(carrying) * (1 + EXACT)
