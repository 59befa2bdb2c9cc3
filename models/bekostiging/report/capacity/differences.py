"""A difference in words: dearer or cheaper, more or less, longer or shorter; never a sign to interpret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bekostiging.report.kit.texts import Texts
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate


@dataclass(frozen=True)
class Kind:
    """What differs: ``key`` of its words (``<key>_more``, ``_less``, ``_equal``, ``_unclear``), ``scale`` and ``digits``."""

    key: str
    scale: float
    digits: int


Subject = Literal["cost", "place", "weeks"]
KINDS: dict[Subject, Kind] = {
    "cost": Kind("cost", MILLION, 1),
    "place": Kind("place", 1.0, 0),
    "weeks": Kind("weeks", 1.0, 0),
}
"""Of money in millions; of what one more place saves, euro; of weeks of waiting."""


def in_words(value: Estimate | float, subject: Subject, texts: Texts) -> str:
    """A difference in words, with its size.

    Parameters
    ----------
    value : Estimate or float
        Above zero is more: dearer, saved, longer. Euro or weeks.
    subject : str
        What differs.
    texts : Texts
        Of the language.

    Returns
    -------
    str
        Where zero lies within the 95 % interval: that no difference is shown, and how large it is at most.

    Examples
    --------
    >>> texts = Texts("en")
    >>> in_words(-440e3, "cost", texts), in_words(440e3, "cost", texts), in_words(0.0, "cost", texts)
    ('0.4 million euro cheaper', '0.4 million euro dearer', 'equally dear')
    """
    kind, said = KINDS[subject], texts.sections["capacity"]
    size = value if isinstance(value, Estimate) else Estimate(value, None)
    name = f"{kind.key}_more" if size.value > 0 else f"{kind.key}_less"
    shown = size.scaled((1.0 if size.value > 0 else -1.0) / kind.scale)
    margin = shown.half_width()
    if margin and shown.value <= margin:
        most = texts.numbers.estimate(Estimate(shown.value + margin, None), digits=_digits(kind, shown))
        return said[f"{kind.key}_unclear"].format(most=most)
    if not margin and round(shown.value, kind.digits) == 0:
        return said[f"{kind.key}_equal"]
    return said[name].format(size=texts.numbers.between(shown, digits=kind.digits))


def _digits(kind: Kind, shown: Estimate) -> int:
    """Digits that say more than zero."""
    largest = shown.value + (shown.half_width() or 0.0)
    return next((n for n in range(kind.digits, 3) if round(largest, n) > 0), 3)
