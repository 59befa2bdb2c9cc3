"""Numbers given on the command line: policy instead of that of the case, and lists of fractions."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case.errors import UserError
from bekostiging.case.model import Case
from bekostiging.case.policy import NUMBERS
from bekostiging.case.tables import Policy


def with_policy(case: Case, **numbers: float | None) -> Case:
    """The case with other policy numbers; None leaves one as it is.

    Raises
    ------
    UserError
        A number outside its range.
    """
    rows = list(case.policy)
    for name, value in numbers.items():
        if value is None:
            continue
        low, high = NUMBERS[name]
        option = "--" + name.replace("_", "-")
        if not low <= value <= high:
            raise UserError(
                f"{option} {value:g}: mag van {low:g} tot en met {high:g} zijn; kies een getal daartussen",
                f"{option} {value:g}: may be from {low:g} to {high:g}; choose a number between",
                exit_code=2,
            )
        rows = [row for row in rows if (row.name, row.scope) != (name, "case")]
        given = {"name": name, "scope": "case", "value": repr(value), "source": option, "status": "own_data"}
        rows.append(Policy.model_validate(given))
    return replace(case, policy=tuple(rows))


def fractions(option: str, text: str | None) -> tuple[float, ...]:
    """Numbers separated by commas; none without a text.

    Raises
    ------
    UserError
        Something that is no number.
    """
    try:
        return () if text is None else tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UserError(
            f"{option} {text}: geef getallen met een punt, gescheiden door komma's: 0.25,0.5",
            f"{option} {text}: give numbers with a point, separated by commas: 0.25,0.5",
            exit_code=2,
        ) from None
