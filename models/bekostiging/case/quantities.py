"""The kinds of numbers and keys in the tables, each with its bounds and why they are there.

The bounds are those of pydantic and stand in the type of a column; ``Because`` stands beside them, and whoever tells a user
about a bound (an error, the explanation of a column, the rule of a cell in the workbook) tells the reason with it. Beyond a
bound is either a slip of the keyboard or something that the closed forms cannot compute with; none judges a number
that is only unusual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from bekostiging.case.errors import Said, in_language

NEAR_ZERO = "near_zero"
"""Kind of the error of a number that is neither zero nor large enough to mean anything."""


@dataclass(frozen=True)
class Because:
    """Why the bounds of a kind of number are where they are; metadata of its type.

    Parameters
    ----------
    nl, en : str
        The reason, after a colon: no capital, no full stop.
    least : float, default 0
        The smallest number but zero.

    Examples
    --------
    >>> Because("een fractie: 0,1 is 10 %", "a fraction: 0.1 is 10 %").text("en")
    'a fraction: 0.1 is 10 %'
    """

    nl: str
    en: str
    least: float = 0.0

    def text(self, lang: str) -> str:
        """The reason in Dutch (``nl``) or English (``en``)."""
        said: Said = (self.nl, self.en)
        return in_language(said, lang)


def _zero_or(least: float) -> AfterValidator:
    """Zero, or at least so much: what lies between means nothing and loses its digits in the mathematics."""

    def checked(value: float) -> float:
        if 0 < abs(value) < least:
            raise PydanticCustomError(NEAR_ZERO, "not zero, and below {least}", {"least": least})
        return value

    return AfterValidator(checked)


MOST = 1e12
"""Above every amount, volume or price of a country: larger is a slip of the keyboard."""
MOST_EURO = 1e11
_CENT, _FEW = 0.01, 1e-6

Identifier = Annotated[
    str,
    Field(min_length=1, pattern=r"^[^/|\x00-\x1f\x7f]*$"),
    Because(
        "een sleutel heeft geen schuine streep, verticale streep of regeleinde, want die scheiden sleutels van elkaar",
        "a key has no slash, vertical bar or line break, because those separate keys",
    ),
]
Names = Annotated[tuple[Identifier, ...], Field(min_length=1)]
"""Several identifiers in one field, separated by a vertical bar in a file."""
Text = Annotated[str, Field(min_length=1)]

_COUNTRY = Because(
    "meer dan 100 miljard euro geeft heel Nederland aan deze zorg niet uit",
    "the whole country does not spend more than 100 billion euro on this care",
    least=_CENT,
)
Euro = Annotated[float, Field(ge=0, le=MOST_EURO), _zero_or(_CENT), _COUNTRY]
Balance = Annotated[float, Field(ge=-MOST_EURO, le=MOST_EURO), _zero_or(_CENT), _COUNTRY]
"""An amount that may be negative."""
Amount = Annotated[
    float,
    Field(ge=1, le=MOST_EURO),
    Because(
        "een bedrag onder 1 euro is geen bedrag om mee te rekenen; boven 100 miljard is een tikfout",
        "an amount below 1 euro is nothing to compute with; above 100 billion is a slip of the keyboard",
    ),
]
Price = Annotated[
    float,
    Field(ge=_CENT, le=1e5),
    Because(
        "een eenheid zorg kost minstens een cent en hoogstens een ton",
        "a unit of care costs at least a cent and at most 100,000 euro",
    ),
]
Volume = Annotated[
    float,
    Field(ge=0, le=MOST),
    _zero_or(_FEW),
    Because(
        "meer dan duizend miljard heeft geen land; minder dan een miljoenste is zo goed als nul",
        "no country has more than a thousand billion; less than a millionth is as good as zero",
        least=_FEW,
    ),
]
Positive = Annotated[
    float,
    Field(ge=_FEW, le=MOST),
    Because(
        "meer dan duizend miljard heeft geen land; minder dan een miljoenste is zo goed als nul",
        "no country has more than a thousand billion; less than a millionth is as good as zero",
    ),
]
Share = Annotated[
    float,
    Field(ge=0, le=1),
    _zero_or(1e-9),
    Because("een deel van het geheel: 0,1 is 10 %", "a part of the whole: 0.1 is 10 %", least=1e-9),
]
Clients = Annotated[
    float,
    Field(ge=0, le=5e5),
    _zero_or(_FEW),
    Because(
        "heel Nederland heeft van geen zorgvorm meer dan een half miljoen cliënten",
        "the whole country has no more than half a million clients of any care form",
        least=_FEW,
    ),
]
TrajectoryWeeks = Annotated[
    float,
    Field(ge=0.1, le=5200),
    Because(
        "in weken; korter dan een dag is geen traject en langer dan 100 jaar leeft niemand",
        "in weeks; below a day is no trajectory and nobody lives beyond 100 years",
    ),
]
Weeks = Annotated[
    float,
    Field(ge=0, le=520),
    _zero_or(0.001),
    Because("in weken; tien jaar is het langste", "in weeks; ten years is the longest", least=0.001),
]
Months = Annotated[
    float,
    Field(ge=0, le=120),
    Because("in maanden; tien jaar is het langste", "in months; ten years is the longest"),
]
Spread = Annotated[
    float,
    Field(ge=0.01, le=10),
    Because(
        "standaardafwijking gedeeld door het gemiddelde: 0,9 is gewoon, onder 0,01 is iedereen gelijk",
        "standard deviation over the mean: 0.9 is usual, below 0.01 everybody is alike",
    ),
]
SpreadOrNone = Annotated[
    float,
    Field(ge=0, le=10),
    _zero_or(0.01),
    Because(
        "standaardafwijking gedeeld door het gemiddelde: 0,5 is gewoon, 0 is iedereen gelijk",
        "standard deviation over the mean: 0.5 is usual, 0 is everybody alike",
        least=0.01,
    ),
]
Dispersion = Annotated[
    float,
    Field(ge=1, le=1000),
    Because(
        "variantie gedeeld door het gemiddelde: 1 is toeval alleen, boven 1000 is het geen aantal meer",
        "variance over the mean: 1 is chance alone, above 1000 it is no count any more",
    ),
]
UnitsPerWeek = Annotated[
    float,
    Field(ge=0.001, le=10080),
    Because("een week heeft 10080 minuten", "a week has 10080 minutes"),
]
Growth = Annotated[
    float,
    Field(ge=-0.5, le=0.5),
    Because(
        "een fractie per jaar: 0,02 is 2 %; wat sneller gaat is een schok of maatregel, geen groei",
        "a fraction a year: 0.02 is 2 %; what goes faster is a shock or measure, no growth",
    ),
]
GrowthError = Annotated[
    float,
    Field(ge=0, le=0.2),
    _zero_or(1e-9),
    Because("een fractie per jaar: 0,02 is 2 %", "a fraction a year: 0.02 is 2 %", least=1e-9),
]
Indexation = Annotated[
    float,
    Field(ge=-0.5, le=0.5),
    Because("een fractie per jaar: 0,03 is 3 %", "a fraction a year: 0.03 is 3 %"),
]
YearlySpread = Annotated[
    float,
    Field(ge=0, le=1),
    _zero_or(_FEW),
    Because(
        "een fractie per jaar: 0,1 is 10 %, en 10 zou 1000 % zijn",
        "a fraction a year: 0.1 is 10 %, and 10 would be 1000 %",
        least=_FEW,
    ),
]
Multiple = Annotated[
    float,
    Field(ge=0.01, le=100),
    Because("een veelvoud: 1 is onveranderd, 1,2 is 20 % meer", "a multiple: 1 is unchanged, 1.2 is 20 % more"),
]
Effect = Annotated[
    float,
    Field(ge=-0.95, le=1),
    Because(
        "een fractie: -0,1 is 10 % minder; wat bijna alles wegneemt is het einde van de zorgvorm, geen maatregel",
        "a fraction: -0.1 is 10 % less; what takes nearly all away is the end of the care form, no measure",
    ),
]
Margin = Annotated[
    float,
    Field(ge=-0.95, le=0.95),
    Because("een fractie van de opbrengst: 0,02 is 2 %", "a fraction of revenue: 0.02 is 2 %"),
]
Edge = Annotated[
    float,
    Field(ge=0, le=100),
    _zero_or(_FEW),
    Because(
        "een veelvoud van het referentiebedrag: 1,05 is 105 %",
        "a multiple of the reference amount: 1.05 is 105 %",
        least=_FEW,
    ),
]
Hours = Annotated[
    float,
    Field(ge=0, le=1e5),
    _zero_or(_FEW),
    Because("in uren per jaar; een mens werkt er 2000", "in hours a year; a person works 2000", least=_FEW),
]
CalendarYear = Annotated[
    int, Field(ge=1990, le=2100), Because("een kalenderjaar, zoals 2028", "a calendar year, such as 2028")
]
ContractYear = Annotated[
    int,
    Field(ge=1, le=15),
    Because("een contractjaar: 1 is het eerste, 15 het laatste", "a contract year: 1 is the first, 15 the last"),
]
Term = Annotated[
    int,
    Field(ge=1, le=15),
    Because("in jaren; langer duurt geen contract", "in years; no contract lasts longer"),
]
LeadYears = Annotated[
    int,
    Field(ge=0, le=8),
    Because(
        "in jaren; van oudere aantallen zegt de spreiding weinig meer over het eerste contractjaar",
        "in years; of older counts the spread says little of the first contract year",
    ),
]
"""Of a lot. CBS publishes use by district some two years after the year (2022 before the break of 2023 in the Wmo counts), a
tender takes eighteen months and a term of four years may follow it: counts can be six years old when a contract begins, and
eight when the next lot of the same region does. Beyond it the spread of what was counted says little of the first year."""
Count = Annotated[int, Field(ge=1, le=100), Because("een geheel getal vanaf 1", "a whole number from 1")]
Month = Annotated[
    int, Field(ge=1, le=12), Because("de maand van het jaar, 1 is januari", "the month, 1 is January")
]
MonthWeight = Annotated[
    float,
    Field(ge=0.01, le=12),
    Because(
        "een veelvoud van een gewone maand: 1,1 is 10 % meer, en 12 is het hele jaar in één maand",
        "a multiple of an ordinary month: 1.1 is 10 % more, and 12 is the whole year in one month",
    ),
]
Periods = Annotated[
    int, Field(ge=1, le=12), Because("in maanden of jaren, naar het beding", "in months or years, by the clause")
]
Correlated = Annotated[
    float,
    Field(ge=-1, le=1),
    _zero_or(1e-9),
    Because("een correlatie: 1 is altijd samen", "a correlation: 1 is always together", least=1e-9),
]
Remembered = Annotated[
    float,
    Field(ge=0, le=1),
    _zero_or(1e-9),
    Because(
        "het deel dat een jaar later over is: 0,7 is 70 %",
        "the part that is left a year later: 0.7 is 70 %",
        least=1e-9,
    ),
]
