"""Predictions beside what was counted, and how many of them an interval covers."""

from __future__ import annotations

from dataclasses import dataclass

CONTRADICTED = 0.01
"""Two-sided p-value below which the model says of itself that this cannot be."""


@dataclass(frozen=True)
class Prediction:
    """One place, care and year: what was counted, and where it lies among the simulated scenarios.

    Attributes
    ----------
    place, care_form, year : str, str, int
        Municipality or area, what is predicted there, and when.
    counted : float
        Persons of a municipality; of an area its part of the areas counted that year.
    quantiles : tuple of float
        At 0.025, 0.10, 0.25, 0.50, 0.75, 0.90 and 0.975.
    pit : float
        Part of the scenarios below the count.
    share : bool
        Whether the numbers are parts, of an area.

    Examples
    --------
    >>> quantiles = (80.0, 88.0, 95.0, 100.0, 106.0, 113.0, 121.0)
    >>> one = Prediction("0034", "jeugdwet", 2023, 104.0, quantiles, pit=0.68, share=False)
    >>> one.quantiles[1] <= one.counted <= one.quantiles[5]  # inside the 80 % interval
    True
    """

    place: str
    care_form: str
    year: int
    counted: float
    quantiles: tuple[float, ...]
    pit: float
    share: bool


@dataclass(frozen=True)
class Coverage:
    """Predictions whose count lies inside an interval.

    Attributes
    ----------
    level : float
        Chance that the interval claims.
    inside, of : int
        Predictions inside, and all of them.
    low, high : int
        Between these lies the number inside, with chance 95 %, when the model is true.
    p_value : float
        Two-sided, of ``inside`` under the model itself.
    """

    level: float
    inside: int
    of: int
    low: int
    high: int
    p_value: float

    @property
    def contradicted(self) -> bool:
        """Whether the model says that this cannot be."""
        return self.p_value < CONTRADICTED
