"""What every term of a contract made by hand must satisfy: one sentence with class, field, value, rule and remedy."""

from __future__ import annotations

import numpy as np

from bekostiging.case.numbers import in_en
from bekostiging_solvers.typing import FloatArray

ROUNDING = 1e-6
"""How far a share may stand outside 0 to 1: what a solver leaves."""


def require(holds: bool, owner: object, field: str, rule: str) -> None:
    """Raise a ValueError with the field of ``owner``, its value and the rule with its remedy, unless the rule holds."""
    if not holds:
        raise ValueError(f"{type(owner).__name__}.{field} is {getattr(owner, field)}: {rule}")


def require_fraction(owner: object, *names: str) -> None:
    """Fields that are a fraction, from 0 to 1."""
    for name in names:
        value = getattr(owner, name)
        require(-ROUNDING <= value <= 1 + ROUNDING, owner, name, "a fraction from 0 to 1; give 12 % as 0.12")


def require_share(owner: object, share: FloatArray, n: int) -> None:
    """A field ``share`` with ``n`` shares from 0 to 1, nan where they are to be decided."""
    require(
        np.shape(share) == (n,),
        owner,
        "share",
        f"an array with {n} share{'s' if n > 1 else ''}, as np.array([0.5])",
    )
    outside = (share < -ROUNDING) | (share > 1 + ROUNDING)
    rule = "shares from 0 to 1, nan where they are to be decided; give 12 % as 0.12"
    require(not bool(outside.any()), owner, "share", rule)


def require_edges(owner: object, lower: float, upper: float, least: float = 0.0) -> None:
    """Fields ``lower`` and ``upper``, rising multiples from ``least`` on; ``upper`` may be infinite."""
    require(lower >= least, owner, "lower", f"a multiple of {in_en(least)} or more; give 3 % above as 1.03")
    require(upper > lower, owner, "upper", f"above lower ({in_en(lower)}); np.inf where there is no end")
