"""On what a flag rests: article or ruling, since when it holds, where it was found, and what is in doubt.

A date that was not found is left out and said to be so: nothing here is law by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bekostiging.case.tables import Law
from bekostiging.evaluation.legal_flags import Flag

STANDARD = "Contractstandaard Wmo v1.2"
PROCUREMENT_ACT = "Aanbestedingswet 2012"


@dataclass(frozen=True)
class Ground:
    """What a flag rests on.

    Attributes
    ----------
    found : str
        Where it was found.
    since : str
        Date from which it holds (ISO, to the day or the month); empty: not found.
    article : str
        Article or ruling where the flag itself names none; else empty.
    doubtful : bool
        Whether what it asks may not hold yet.

    Examples
    --------
    >>> Ground("rechtspraak.nl", "2017-02-14").since
    '2017-02-14'
    """

    found: str
    since: str = ""
    article: str = ""
    doubtful: bool = False


_OF_STANDARD = Ground(STANDARD, "2025-10")
GROUNDS: dict[tuple[str, Law | None], Ground] = {
    ("full_risk_transfer", None): Ground("rechtspraak.nl", "2017-02-14"),
    ("under_build_up", "jeugdwet"): Ground("Staatsblad 2024, 69", "2024-07-01", "Besluit Jeugdwet art. 2.3"),
    ("under_build_up", "wmo"): Ground("Uitvoeringsbesluit Wmo 2015", "", "Uitvoeringsbesluit Wmo 2015 art. 5.4"),
    ("result_without_hours", None): Ground("rechtspraak.nl", "2018-10-08", "ECLI:NL:CRVB:2018:3241"),
    ("switched_variant", None): _OF_STANDARD,
    ("large_change", None): Ground(PROCUREMENT_ACT, "2016-07-01", f"{PROCUREMENT_ACT} art. 2.163b - 2.163g"),
    ("buffer_exhausted", None): _OF_STANDARD,
    ("early_warning", None): _OF_STANDARD,
    ("unequal_terms", None): Ground(PROCUREMENT_ACT, "", f"{PROCUREMENT_ACT} art. 1.8"),
    ("ceiling_lapses", None): _OF_STANDARD,
    ("access_at_provider", None): Ground(
        "Jeugdwet; Wmo 2015", "2015-01-01", "Jeugdwet art. 2.3; Wmo 2015 art. 2.3.5"
    ),
    ("bought_locally", None): Ground(
        "Wet verbetering beschikbaarheid jeugdzorg; Besluit Stb. 2025, 357",
        "",
        "Jeugdwet art. 2.19 lid 1 onder a; art. 10.3",
        doubtful=True,
    ),
}
"""By kind of flag, and by law where that matters; in order of weight: what a court or law forbids, then who may fall over,
then what must be explained, and last what may not hold yet."""


def ground(flag: Flag) -> Ground:
    """What a flag rests on.

    Parameters
    ----------
    flag : Flag
        From ``flags``.

    Returns
    -------
    Ground
        Of its law where laws differ, else of its kind.

    Examples
    --------
    >>> ground(Flag("under_build_up", "p/youth", None, "jeugdwet", "", {"ratio": 0.9})).since
    '2024-07-01'
    """
    own = GROUNDS.get((flag.kind, flag.law))
    return GROUNDS[flag.kind, None] if own is None else own


def by_weight(told: Sequence[Flag]) -> list[tuple[Flag, ...]]:
    """Flags of one kind together, the weightiest kind first, and within a kind the largest figure.

    Parameters
    ----------
    told : sequence of Flag
        From ``flags``.

    Returns
    -------
    list of tuple of Flag
        Every flag once.

    Examples
    --------
    >>> told = [Flag("buffer_exhausted", p, "taakgericht", None, "", {"chance": c}) for p, c in (("a", 0.1), ("b", 0.2))]
    >>> [flag.subject for flag in by_weight(told)[0]]
    ['b', 'a']
    """
    groups = []
    for kind in dict.fromkeys(kind for kind, _ in GROUNDS):
        own = [flag for flag in told if flag.kind == kind]
        if own:
            groups.append(tuple(sorted(own, key=_size, reverse=True)))
    return groups


def _size(flag: Flag) -> float:
    """How far a flag is from what calls for none: a tariff under the build-up by what is missing, others by their figure."""
    if flag.kind == "under_build_up":
        return 1 - flag.figures["ratio"]
    return max((abs(value) for name, value in flag.figures.items() if name != "today"), default=0.0)
