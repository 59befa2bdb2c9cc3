"""How good a forecast was, once the truth is in: inside its band or not, how far off, and its pinball loss."""

from __future__ import annotations

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import UserError


@kinds_checked
def pinball_loss(quantile: float, level: float, truth: float) -> float:
    """The loss of a quantile as a forecast: smallest on average for who gives the true quantile (Koenker and Bassett 1978).

    Parameters
    ----------
    quantile : float
        What was said to be exceeded with chance 1 - ``level``, in any unit.
    level : float
        Between 0 and 1.
    truth : float
        What came, same unit.

    Returns
    -------
    float
        Same unit: ``level`` times what the truth is above the quantile, or 1 - ``level`` times what it is below.

    Raises
    ------
    UserError
        A level that is not between 0 and 1.

    Examples
    --------
    >>> round(pinball_loss(100.0, 0.9, 110.0), 6), round(pinball_loss(100.0, 0.9, 90.0), 6)
    (9.0, 1.0)
    """
    if not 0 < level < 1:
        raise UserError(
            f"niveau {level} ligt niet tussen 0 en 1; geef 0,9 voor de bovenkant van 80 procent.",
            f"level {level} is not between 0 and 1; give 0.9 for the upper end of 80 percent.",
        )
    above = truth - quantile
    return max(level * above, (level - 1) * above)
