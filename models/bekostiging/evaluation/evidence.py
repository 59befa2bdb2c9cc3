"""What supports the estimates of a comparison: exact corridor layers, sharper estimates, published figures beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bekostiging_solvers import Estimate

Sentence = dict[str, str]
"""A text by language."""


@dataclass(frozen=True)
class ExactLayer:
    """Mean euros of a corridor layer in the first contract year, computed in two ways.

    Attributes
    ----------
    contract, layer : str
        Provider and lot, and the name of the layer.
    exact : Estimate
        From the aggregate distribution of clients; its error is that of the average over the factors.
    drawn : Estimate
        From the simulated clients.
    p_value : float
        That both have one mean, given the factors.
    alarm : bool
        Whether they differ by more than chance allows.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate, Scramblings
    >>> layer = ExactLayer("aanbieder-1/youth", "deficit_1", Estimate(9.8e4, 4e2), Estimate(9.9e4, 2e3), 0.62, alarm=False)
    >>> layer.drawn.standard_error > layer.exact.standard_error
    True
    """

    contract: str
    layer: str
    exact: Estimate
    drawn: Estimate
    p_value: float
    alarm: bool


@dataclass(frozen=True)
class ControlVariate:
    """An estimate made more precise by quantities that are known exactly, and by how much.

    Attributes
    ----------
    estimate : Estimate
        With its standard error.
    factor : float
        Variance of plain independent sampling with as many scenarios, over its own variance.
    ceiling : float
        The largest factor possible: 1 over the part of the variance that is chance per client (for CVaR, of the variance of
        its influence values).

    Examples
    --------
    >>> from bekostiging_solvers import Estimate, Scramblings
    >>> spending = ControlVariate(Estimate(30.0e6, 1e5), factor=9.0, ceiling=40.0)
    >>> spending.factor**0.5 * spending.estimate.standard_error  # standard error of plain sampling, euro
    300000.0
    """

    estimate: Estimate
    factor: float
    ceiling: float


@dataclass(frozen=True)
class Calibration:
    """A figure of the model beside the published one it should resemble.

    Attributes
    ----------
    name : dict of str to str
        In both languages.
    modelled, published : float
        In ``unit``: persons, a fraction or euro.
    source, status : str
        Where the published figure comes from.

    Examples
    --------
    >>> known = Calibration({"nl": "jongeren", "en": "youths"}, 2_150.0, 2_120.0, "persons", "by hand", "illustrative")
    >>> round(known.modelled / known.published - 1, 3)
    0.014
    """

    name: Sentence
    modelled: float
    published: float
    unit: Literal["persons", "fraction", "euro"]
    source: str
    status: str
