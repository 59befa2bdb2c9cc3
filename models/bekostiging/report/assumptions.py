"""What an estimated case assumes and what it does in euros: three lines, for who made it with ``bekostiging new --from``."""

from __future__ import annotations

from collections.abc import Sequence

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.series import FEWEST_YEARS
from bekostiging.evaluation import Assumed
from bekostiging.report.kit.texts import Texts
from bekostiging.units import MILLION

LARGE, SMALL = 10 * MILLION, 0.1 * MILLION
"""Euro from which one decimal of a million tells enough, and below which millions tell too little."""


@kinds_checked
def assumed_lines(found: Assumed, years: tuple[int, int], given: Sequence[str], lang: str) -> tuple[str, str, str]:
    """Growth, spread and prices of an estimated case, a line each.

    Parameters
    ----------
    found : Assumed
        As ``assumed`` gives it.
    years : (int, int)
        First and last contract year.
    given : sequence of str
        Tables that were brought and not estimated.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    tuple of str
        Three plain lines.

    Raises
    ------
    UserError
        An argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.evaluation import assumed
    >>> case = synthetic_region(2, 6)
    >>> lines = assumed_lines(assumed(case), (2026, 2029), (), "en")
    >>> len(lines), lines[1].split(":")[0]
    (3, 'Spread')
    """
    texts = Texts(lang)
    numbers = texts.numbers
    first, last = years

    rates = [
        f"{texts['laws', law]} {numbers.percent(rate, 1)}"
        + ("" if (error := found.error[law]) is None else f" ± {numbers.plain(100 * error, 1)}")
        for law, rate in found.growth.items()
    ]
    spending, point = _euro(found.spending, texts), _euro(found.growth_point, texts)
    places = {
        "first": first,
        "last": last,
        "fewest": FEWEST_YEARS,
        "spending": spending,
        "rates": ", ".join(rates),
    }
    growth = texts["assumed", _way("growth", "demand" in given, found.own_growth)]
    way = _way("spread", "risk_factors" in given, found.own_spread)
    spread = texts["assumed", "spread_short" if found.too_short and "risk_factors" not in given else way]
    return (
        growth.format(**places, point=point),
        spread.format(
            first=first, last=last, spread=numbers.percent(found.spread, 1), euro=_euro(found.spread_euro, texts)
        ),
        _prices(found, texts, given, _euro(found.tariff_percent, texts), first),
    )


def _way(line: str, given: bool, own: bool) -> str:
    """Where a line comes from: a table that was brought, years of the region and the nation, or the nation's alone."""
    return f"{line}_given" if given else line if own else f"{line}_nation"


def _euro(value: float, texts: Texts) -> str:
    """An amount with its unit: millions, or whole euros where it is small."""
    if abs(value) < SMALL:
        return texts["assumed", "euro_plain"].format(euro=texts.numbers.plain(value))
    millions = texts.numbers.millions(value, 1 if abs(value) >= LARGE else 2)
    return texts["assumed", "euro_millions"].format(millions=millions)


def _prices(found: Assumed, texts: Texts, given: Sequence[str], percent: str, first: int) -> str:
    """The line on tariffs: of which year, by what index they were raised, invented."""
    numbers = texts.numbers
    if "offers" in given:
        return texts["assumed", "prices_given"].format(percent=percent)
    parts = []
    if found.price_years:
        listed = ", ".join(str(year) for year in found.price_years)
        parts.append(texts["assumed", "prices"].format(years=listed))
        if found.index and found.index_euro is not None:
            index, euro = numbers.percent(found.index, 1), _euro(found.index_euro, texts)
            parts.append(texts["assumed", "prices_index"].format(index=index, first=first, euro=euro))
            if found.index_invented:
                years = ", ".join(str(year) for year in found.index_invented)
                parts.append(texts["assumed", "prices_index_invented"].format(years=years))
    if found.invented:
        share = numbers.percent(sum(found.invented.values()) / found.spending)
        parts.append(texts["assumed", "prices_invented"].format(forms=", ".join(found.invented), share=share))
    parts.append(texts["assumed", "prices_percent"].format(percent=percent))
    return texts["assumed", "prices_line"].format(parts="; ".join(parts))
