"""What norm amounts cannot be estimated from, said before anything is solved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from bekostiging.case import UserError
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.equalisation.moments import Moments

METHODS = ("least_squares", "lad", "quantile", "least_largest")
COLLINEAR = 1e-10
"""Eigenvalue of the scaled Gram matrix, relative to one, below which profiles are dependent."""


def check_method(
    method: str, quantile: float, shrinkage: float | str, upper: Any, at_most: int | None, provider: bool
) -> None:
    """Refuse a method that does not exist or that lacks what it needs."""
    if method not in METHODS:
        raise UserError(
            f"methode {method} bestaat niet; kies uit {', '.join(METHODS)}",
            f"there is no method {method}; choose from {', '.join(METHODS)}",
            exit_code=2,
        )
    if not 0 < quantile < 1:
        raise UserError(
            f"kwantiel {in_nl(quantile)}: moet tussen 0 en 1 liggen",
            f"quantile {in_en(quantile)}: between 0 and 1",
        )
    if isinstance(shrinkage, str) and shrinkage != "cross_validated":
        raise UserError(
            f"krimp '{shrinkage}': geef een aantal cliënten, of cross_validated",
            f"shrinkage '{shrinkage}': give a number of clients, or cross_validated",
            exit_code=2,
        )
    if not isinstance(shrinkage, str) and not shrinkage >= 0:
        raise UserError(
            f"krimp {in_nl(shrinkage)}: moet nul of meer zijn",
            f"shrinkage {in_en(shrinkage)}: must be at least zero",
        )
    if method == "least_largest" and not provider:
        raise UserError(
            "het kleinste grootste resultaat vraagt van elke cliënt de aanbieder",
            "the least largest result asks the provider of every client",
        )
    if method == "least_largest" and upper is None and (isinstance(shrinkage, str) or shrinkage == 0):
        raise UserError(
            "het kleinste grootste resultaat alleen geeft onzin: met evenveel profielen als aanbieders wordt elk resultaat "
            "nul bij bedragen die niets met kosten te maken hebben; geef een krimp als getal of bovengrenzen erbij",
            "the least largest result alone gives nonsense: with as many profiles as providers every result becomes zero at "
            "amounts that have nothing to do with cost; add a shrinkage as a number, or upper bounds",
            exit_code=2,
        )
    if at_most is not None and (method != "least_squares" or isinstance(shrinkage, str) or at_most < 0):
        raise UserError(
            "hoogstens k profielen kan alleen met kleinste kwadraten, een krimp als getal en k van nul of meer",
            "at most k profiles needs least squares, a shrinkage given as a number and k of at least zero",
            exit_code=2,
        )


def check_groups(wanted: Collection[str], groups: Mapping[str, Any]) -> None:
    """Refuse groups that are named in a bound or a penalty but do not exist or have no members."""
    for name in wanted:
        if name not in groups or not groups[name].any():
            raise UserError(
                f"groep {name} bestaat niet of heeft geen cliënten; noem een groep uit de cliënttabel als kolom:waarde",
                f"there is no group {name}, or it has no clients; name a group of the client table as column:value",
                exit_code=2,
            )


def check_order(names: Sequence[str], order: Sequence[tuple[str, str]]) -> None:
    """Refuse an order between profiles that do not exist, or one that goes round."""
    graph: dict[str, set[str]] = {}
    for light, heavy in order:
        for name in (light, heavy):
            if name not in names:
                raise UserError(
                    f"volgorde {light} < {heavy}: {name} is geen profiel; de profielen zijn {', '.join(names)}",
                    f"order {light} < {heavy}: {name} is no profile; the profiles are {', '.join(names)}",
                    exit_code=2,
                )
        graph.setdefault(heavy, set()).add(light)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = " < ".join(error.args[1])
        raise UserError(
            f"deze volgorde van profielen loopt rond en kan niet: {cycle}; verwijder er een",
            f"this order of profiles goes round and is impossible: {cycle}; remove one of them",
            exit_code=2,
        ) from None


def check_adjusters(names: Sequence[str], moments: Moments) -> None:
    """Refuse profiles without clients, or that follow from each other."""
    empty = [name for name, count in zip(names, moments.exposure, strict=True) if count <= 0]
    if empty:
        raise UserError(
            f"profiel {empty[0]} heeft geen cliënten; laat het weg of voeg het samen",
            f"profile {empty[0]} has no clients; leave it out or merge it",
        )
    scale = 1 / np.sqrt(np.diag(moments.gram))
    values, vectors = np.linalg.eigh(moments.gram * scale[:, None] * scale)
    if values[0] < COLLINEAR * len(names):
        part = vectors[:, 0] * scale
        involved = [
            name for name, value in zip(names, part, strict=True) if abs(value) > 1e-6 * np.abs(part).max()
        ]
        listed = ", ".join(involved)
        raise UserError(
            f"de profielen {listed} volgen uit elkaar (collineair): hun bedragen liggen niet vast; laat er een weg",
            f"the profiles {listed} follow from each other (collinear): their amounts are not determined; leave one out",
        )
