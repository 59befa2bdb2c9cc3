"""A case with other policy values than its own."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case.arguments import checked_kind, wrong_argument
from bekostiging.case.errors import ArgumentError
from bekostiging.case.former import RENAMED_POLICIES
from bekostiging.case.model import Case
from bekostiging.case.policy import PolicyTable
from bekostiging.case.policy_rows import CASE, POLICIES
from bekostiging.case.tables import Policy


def with_policy(case: Case, **values: float | str | None) -> Case:
    """The case with other values of policies that hold for the whole case; a lot with a value of its own keeps it.

    Parameters
    ----------
    case : Case
        A validated case; it is left as it is.
    **values : float, str, bool or None
        The value of each policy by its name (docs/policy.md lists them with their ranges and units), a former name too;
        None leaves that of the case.

    Returns
    -------
    Case
        A new case, in which the source of a changed policy is ``argument <name>`` and its status ``own_data``.

    Raises
    ------
    UserError
        An unknown policy, or a value outside its range.

    Examples
    --------
    >>> from bekostiging.case import read_case, with_policy
    >>> almere = read_case("almere")
    >>> almere.policy.discount_rate, with_policy(almere, discount_rate=0.03).policy.discount_rate
    (0.0, 0.03)
    """
    checked_kind("case", case, Case, "read_case")
    rows = case.policy
    for name, value in values.items():
        if value is None:
            continue
        name = RENAMED_POLICIES.get(name, name)
        if name not in POLICIES:
            listed = ", ".join(POLICIES)
            raise wrong_argument(
                name,
                value,
                f"deze policy is er niet; kies uit {listed}",
                f"there is no such policy; choose from {listed}",
            )
        known = POLICIES[name]
        wrong = known.kind.wrong(name, f"{value:.15g}" if type(value) in (int, float) else _text(value))
        if wrong is not None:
            raise ArgumentError(name, *wrong)
        row = Policy(name=name, scope=CASE, value=_text(value), source=f"argument {name}", status="own_data")
        rows = PolicyTable((*rows.without(known, CASE), row))
    return replace(case, policy=rows)


def _text(value: float | str) -> str:
    """The value as table policy has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else repr(value)
