"""The salaries of the build-up beside the scales and social charges of the cao, dated, with where they were published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bekostiging.case import Case
from bekostiging.case.tables import FunctionGroup, SalaryScale
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.texts import Texts

SLACK = 0.0005
"""Difference of social charges below which they are the same: half a tenth of a percent."""
PLACES = ("youth", "nursing", "mental", "disability", "social_work", "binding", "premiums", "pension")
"""Where scales and charges are published, in the texts."""


@dataclass(frozen=True)
class ScaleCheck:
    """A function group with a scale, and the row of the cao that holds when the contracts begin, if there is one."""

    group: FunctionGroup
    cao: str
    row: SalaryScale | None

    def verdict(self, texts: Texts) -> str:
        """Whether salary and social charges are those of the cao."""
        said, own, row = texts.sections["annex"], self.group, self.row
        if row is None:
            return said["scale_absent"]
        where = "below" if own.salary < row.salary_low else "above" if own.salary > row.salary_high else "within"
        told = [said[f"scale_{where}"]]
        if row.social_charges is not None:
            same = abs(own.social_charges - row.social_charges) <= SLACK
            told.append(said["charges_same" if same else "charges_differ"])
        return "; ".join(told)


def scale_checks(case: Case) -> Iterator[ScaleCheck]:
    """Every function group that names a scale, where the case has scales."""
    caos = {row.id: row.cao for row in case.care_forms}
    for group in case.function_groups if case.salary_scales else ():
        if group.scale:
            cao = caos[group.care_form]
            rows = [
                row
                for row in case.salary_scales
                if (row.cao, row.scale) == (cao, group.scale)
                and (row.year, row.first_month) <= (case.first_year, 1)
            ]
            yield ScaleCheck(group, cao, max(rows, key=lambda row: (row.year, row.first_month), default=None))


def scale_table(case: Case, texts: Texts) -> list[list[str]]:
    """Salary and charges of every function group beside those of its cao, header first; empty without scales."""
    said, names, numbers = texts.sections["annex"], care_form_names(case, texts.lang), texts.numbers
    heads = ("group", "cao", "since", "steps", "salary", "charges", "verdict", "published")
    rows = [[said[f"scale_{one}"] for one in heads]]
    months = texts["signals", "months"].split()
    for one in scale_checks(case):
        own, row = one.group, one.row
        if row is None:
            found = ["", "", "", "", ""]
        else:
            charges = "" if row.social_charges is None else numbers.percent(row.social_charges, 1)
            steps = f"{numbers.plain(row.salary_low)} – {numbers.plain(row.salary_high)}"
            found = [
                f"{months[row.first_month - 1]} {row.year}",
                steps,
                charges,
                row.source,
                texts["statuses", row.status],
            ]
        since, steps, charges, source, status = found
        rows.append([
            f"{names[own.care_form]}, {own.function_group}",
            f"{one.cao}, {own.scale}" if one.cao else own.scale,
            since,
            steps,
            numbers.plain(own.salary),
            said["both_charges"].format(cao=charges or said["unknown"], own=numbers.percent(own.social_charges, 1)),
            one.verdict(texts),
            " — ".join(part for part in (source, status) if part),
        ])  # fmt: skip
    return rows if len(rows) > 1 else []


def published_places(texts: Texts) -> list[str]:
    """Where scales and charges are published."""
    return [texts["annex", f"place_{one}"] for one in PLACES]
