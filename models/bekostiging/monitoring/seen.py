"""What has been seen of the contract years up to a month, as arrays: counts, claims by delay, and what is expected of them.

A month of a contract counts as **seen** when any row of it was received; of a seen month a care form without a row had
nothing. A month without any row is unknown, not zero. Starts and stops come late too: their completeness is estimated on
their own triangle over all contracts. The caseload of a month is the last one that was received; without any it is what the
case expects at the start, plus starts, less stops.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.actuals.completeness import (
    Completeness,
    completeness_of,
    unreported,
    weight_of_messages,
)
from bekostiging.case import Case
from bekostiging.case.errors import Note, UserError
from bekostiging.case.year_tables import Actual
from bekostiging.scenarios import Cells
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray

ENOUGH = 0.5
"""Part of a month's claims that must be in before its units per client are believed."""


@dataclass(frozen=True)
class Seen:
    """What was seen through a month; arrays (n_months, n_cells), n_months counted from the start of the contracts.

    ``known``: whether the month of the contract of the cell was reported at all. ``claims`` and ``credits`` (n_months,
    n_delays, n_cells): units by delay, nan where it lies ahead. ``starts_part``: the part of the starts and stops of each
    month that is in, (n_months,). ``caseload``: nan where it was not given.
    """

    months: int
    known: BoolArray
    starts: FloatArray
    stops: FloatArray
    starts_part: FloatArray
    caseload: FloatArray
    claims: FloatArray
    credits: FloatArray
    euros: FloatArray

    @property
    def year(self) -> int:
        """Contract year of the last month seen, 0 the first."""
        return max(self.months - 1, 0) // MONTHS

    @property
    def reported(self) -> FloatArray:
        """Units in by now, credits taken off."""
        return np.asarray(np.nansum(self.claims, axis=1) + np.nansum(self.credits, axis=1))


def months_since(case: Case, month: str) -> int:
    """Months from the start of the contracts to a month as ``2028-03``, 0 the first."""
    return (int(month[:4]) - case.first_year) * MONTHS + int(month[5:7]) - 1


def seen_through(case: Case, cells: Cells, figures: YearFigures, through: str) -> Seen:
    """Lay the rows received up to and with a month out as arrays.

    Raises
    ------
    UserError
        No month, one outside the contracts, or one without any figures up to it.
    """
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", through) is None:
        raise UserError(
            f"'{through}' is geen maand; geef jaar en maand, zoals {case.first_year}-05.",
            f"'{through}' is no month; give year and month, such as {case.first_year}-05.",
            exit_code=2,
        )
    n = months_since(case, through) + 1
    if not 0 < n <= MONTHS * case.n_years:
        last = case.first_year + case.n_years - 1
        raise UserError(
            f"{through} valt buiten de contracten ({case.first_year} tot en met {last}); kies een maand daarbinnen.",
            f"{through} is outside the contracts ({case.first_year} to {last}); choose a month within them.",
            exit_code=2,
        )
    rows = [row for row in figures.actuals if row.received <= through and row.month <= through]
    if not rows:
        raise UserError(
            f"tot en met {through} is niets ontvangen; vul de maandcijfers aan, of kies een latere maand.",
            f"nothing was received up to {through}; complete the figures by month, or choose a later month.",
        )
    _check_rows(rows)
    place = {
        (
            *cells.contract_ids[cells.contract[c]],
            cells.care_form_ids[cells.care_form[c]],
            cells.area_ids[cells.area[c]],
        ): c
        for c in np.flatnonzero(cells.contract >= 0)
    }
    shape = (n, cells.n_cells)
    known, by_contract = np.zeros(shape, dtype=np.bool_), cells.contract
    caseload: FloatArray = np.full(shape, np.nan)
    newest: dict[tuple[int, int], str] = {}
    sums = {name: np.zeros((n, n, cells.n_cells)) for name in ("starts", "stops", "claims", "credits")}
    euros = np.zeros(shape)
    for row in rows:
        key = (row.provider, row.lot, row.care_form, row.area)
        if key not in place:
            raise _not_offered(row.line, key)
        month, cell = months_since(case, row.month), int(place[key])
        delay = months_since(case, row.received) - month
        known[month, by_contract == by_contract[cell]] = True
        for name, value in (("starts", row.starts), ("stops", row.stops)):
            sums[name][month, delay, cell] += value
        sums["claims" if row.units >= 0 else "credits"][month, delay, cell] += row.units
        euros[month, cell] += row.euros
        if row.caseload is not None and row.received >= newest.get((month, cell), ""):
            caseload[month, cell], newest[month, cell] = row.caseload, row.received
    ahead = np.arange(n)[:, None] + np.arange(n)[None, :] >= n
    for name in ("claims", "credits"):
        sums[name][ahead] = np.nan
    starts, stops = (sums[name].sum(axis=1) for name in ("starts", "stops"))
    part = _part_in(sums["starts"] + sums["stops"], ahead, n)
    return Seen(n, known, starts, stops, part, caseload, sums["claims"], sums["credits"], euros)


def _check_rows(rows: Sequence[Actual]) -> None:
    """Numbers that are numbers, every month of a cell once; a file was judged when it was read, rows of Python not."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        numbers = (row.starts, row.stops, row.units, row.euros, row.caseload or 0.0)
        if not all(math.isfinite(one) for one in numbers) or min(row.starts, row.stops, row.caseload or 0.0) < 0:
            raise UserError(
                f"maandcijfers, rij {row.line}: een aantal is geen getal of negatief; verbeter het (alleen "
                "eenheden en euro's mogen als correctie negatief zijn).",
                f"actuals, row {row.line}: a count is no number or negative; mend it (units and euros alone may be "
                "negative, as a correction).",
            )
        key = tuple(getattr(row, name) for name in row.key)
        if key in seen:
            shown = " / ".join(key)
            raise UserError(
                f"maandcijfers, rij {row.line}: {shown} staat er twee keer; voeg de rijen samen.",
                f"actuals, row {row.line}: {shown} stands twice; join the rows.",
            )
        seen.add(key)


def _not_offered(line: int, key: tuple[str, str, str, str]) -> UserError:
    provider, lot, form, area = key
    return UserError(
        f"maandcijfers, rij {line}: {provider} biedt {form} in {area} (perceel {lot}) volgens de casus niet aan; verbeter "
        "de rij, of voeg de rij toe aan tabel offers van de casus.",
        f"actuals, row {line}: {provider} does not offer {form} in {area} (lot {lot}) by the case; mend the row, or add it "
        "to table offers of the case.",
    )


def _part_in(counts: FloatArray, ahead: BoolArray, n: int) -> FloatArray:
    """Part of starts and stops that is in, by month; all of it while one month alone is seen."""
    if n < 2:
        return np.ones(n)
    triangle = counts.sum(axis=2)
    triangle[ahead] = np.nan
    if not triangle[:-1, :2].sum() > 0:
        return np.ones(n)
    found = completeness_of(triangle)
    return np.array([found.part(n - 1 - month) for month in range(n)])


@dataclass(frozen=True)
class Completed:
    """The units of the months seen, completed; arrays (n_months, n_cells).

    ``units``: best estimate, credits to come included; ``error``: its standard error; ``part``: pi of its contract;
    ``credit``: credits still to come, a part of gross; ``weight``: k; ``expected``: mu, from who was in care;
    ``by_contract``: completeness of each contract that claims.
    """

    units: FloatArray
    error: FloatArray
    part: FloatArray
    credit: FloatArray
    expected: FloatArray
    weight: float
    by_contract: dict[int, Completeness]
    notes: tuple[Note, ...]


def average_caseload(seen: Seen, at_start: FloatArray) -> FloatArray:
    """Who is in care on average in each month, (n_months, n_cells); ``at_start`` (n_cells,): of the case, where not given.

    A caseload that was given stands; one that was not follows from the last before it, plus starts, less stops.
    """
    whole = (seen.starts - seen.stops) / seen.starts_part[:, None]
    end = np.empty_like(seen.caseload)
    begin = np.empty_like(end)
    before = first_caseload(seen, at_start)
    for month in range(seen.months):
        begin[month] = before
        given = seen.caseload[month]
        after = np.maximum(before + np.where(seen.known[month], whole[month], 0.0), 0.0)
        end[month] = np.where(np.isnan(given), after, given)
        before = end[month]
    return np.asarray((begin + end) / 2)


def first_caseload(seen: Seen, at_start: FloatArray) -> FloatArray:
    """Who was in care when the contracts began: the first caseload given, less starts and plus stops until then."""
    found = at_start.copy()
    net = np.cumsum((seen.starts - seen.stops) / seen.starts_part[:, None], axis=0)
    for cell in range(len(found)):
        given = np.flatnonzero(~np.isnan(seen.caseload[:, cell]))
        if len(given):
            found[cell] = max(seen.caseload[given[0], cell] - net[given[0], cell], 0.0)
    return found


def completed(cells: Cells, seen: Seen, caseload: FloatArray, rate: FloatArray, spread: FloatArray) -> Completed:
    """Complete the claims of every month seen.

    ``caseload`` (n_months, n_cells); ``rate`` (n_cells,): units per client and month by the model; ``spread`` (n_cells,):
    its coefficient of variation between clients.
    """
    n, n_cells = caseload.shape
    claiming = [c for c in range(len(cells.contract_ids)) if np.nansum(seen.claims[:, :, cells.contract == c]) > 0]
    triangles = {
        c: np.where(_ahead(n), np.nan, np.nansum(seen.claims[:, :, cells.contract == c], axis=2)) for c in claiming
    }
    credits = {
        c: np.where(_ahead(n), np.nan, np.nansum(seen.credits[:, :, cells.contract == c], axis=2))
        for c in claiming
    }
    found: dict[int, Completeness] = {}
    part, credit = np.zeros((n, n_cells)), np.zeros((n, n_cells))
    for c in claiming if n > 2 else ():
        found[c] = completeness_of(triangles[c], credits[c], np.stack(list(triangles.values())))
        own = cells.contract == c
        part[:, own] = np.array([found[c].part(n - 1 - month) for month in range(n)])[:, None]
        credit[:, own] = np.array([found[c].credit_to_come(n - 1 - month) for month in range(n)])[:, None]
    silent = _silent(cells, seen, caseload, claiming)
    part[~seen.known | silent] = 0.0
    gross = np.nansum(seen.claims, axis=1)
    expected = caseload * _own_rate(gross, part, caseload, rate)
    weight = _weight(triangles, expected, cells)
    to_come = unreported(gross, part, expected, weight)
    units = gross + to_come + np.nansum(seen.credits, axis=1) + credit * (gross + to_come)
    variance = np.zeros((n, n_cells))
    share = 1 - part
    for c, one in found.items():
        own = cells.contract == c
        whole = (gross + to_come)[:, own].sum(axis=1)
        for month in range(n):
            claims, estimate = one.relative_variance(n - 1 - month, float(whole[month]))
            size = (gross + to_come)[month, own]
            # of the month as a whole, divided over its cells by what each is
            variance[month, own] += size * whole[month] * claims + size**2 * estimate
    of_view = np.square(share * spread) * np.square(expected) / np.maximum(caseload, 1.0)
    believed = part / np.maximum(part + weight, 1e-9)
    variance = np.square(believed) * variance + np.square(1 - believed) * of_view
    error = np.sqrt(np.where(part >= 1, 0.0, variance))
    return Completed(
        units,
        error,
        part,
        credit,
        expected,
        weight,
        found,
        (*_notes(cells, seen, found), *_of_silence(cells, silent)),
    )


def _silent(cells: Cells, seen: Seen, caseload: FloatArray, claiming: Sequence[int]) -> BoolArray:
    """Months of which a contract that claims claimed nothing while it had clients, (n_months, n_cells): late, not zero."""
    found = np.zeros(caseload.shape, dtype=np.bool_)
    for c in claiming:
        own = cells.contract == c
        nothing = (np.nansum(seen.claims[:, :, own], axis=(1, 2)) <= 0) & (caseload[:, own].sum(axis=1) > 0)
        found[:, own] = (nothing[:, None]) & seen.known[:, own]
    # in the month itself nobody may claim yet: that is no silence
    found[-1:] &= bool((np.nansum(seen.claims[:, 0], axis=1) > 0).any())
    return found


def _of_silence(cells: Cells, silent: BoolArray) -> tuple[Note, ...]:
    """Contracts that have claimed nothing yet of months in which they had clients."""
    notes: list[Note] = []
    for c, (provider, lot) in enumerate(cells.contract_ids):
        n = int(silent[:, cells.contract == c].any(axis=1).sum())
        if n:
            nl, en = ("maand", "month") if n == 1 else ("maanden", "months")
            notes.append(
                {
                    "nl": f"{provider} (perceel {lot}) heeft over {n} {nl} nog niets gedeclareerd terwijl er cliënten "
                    "waren; dat is geschat uit wie in zorg was.",
                    "en": f"{provider} (lot {lot}) has claimed nothing yet of {n} {en} in which there were clients; that "
                    "was estimated from who was in care.",
                }
            )
    return tuple(notes)


def _ahead(n: int) -> BoolArray:
    return np.asarray(np.arange(n)[:, None] + np.arange(n)[None, :] >= n)


def _own_rate(gross: FloatArray, part: FloatArray, caseload: FloatArray, rate: FloatArray) -> FloatArray:
    """Units per client and month of each cell: its own of the months that are in, weighted with the model's; (n_cells,)."""
    believed = (part >= ENOUGH) & (caseload > 0)
    whole = np.where(believed, np.divide(gross, part, out=np.zeros_like(gross), where=part > 0), 0.0).sum(axis=0)
    months = np.where(believed, caseload, 0.0).sum(axis=0)
    # one client-month of the model's rate beside those that were seen
    return np.asarray((whole + rate) / (months + 1.0))


def _weight(triangles: dict[int, FloatArray], expected: FloatArray, cells: Cells) -> float:
    """Weight of the messages' view by the past months of all contracts together."""
    if not triangles:
        return 0.0
    together = np.sum(list(triangles.values()), axis=0)
    own = np.isin(cells.contract, list(triangles))
    n = len(together)
    reach = min(n - 1, 6)
    return weight_of_messages(together[: n - reach, : reach + 1], expected[: n - reach, own].sum(axis=1))


def _notes(cells: Cells, seen: Seen, found: dict[int, Completeness]) -> tuple[Note, ...]:
    """Contracts without figures, months that are missing, and how far completeness reaches."""
    notes: list[Note] = []
    for c, (provider, lot) in enumerate(cells.contract_ids):
        own = np.flatnonzero(cells.contract == c)
        if not len(own):
            continue
        missing = np.flatnonzero(~seen.known[:, own[0]])
        if len(missing) == seen.months:
            notes.append(
                {
                    "nl": f"Van {provider} (perceel {lot}) is nog niets gemeld; gerekend is met wat de casus verwacht.",
                    "en": f"Nothing was reported by {provider} (lot {lot}) yet; what the case expects was used.",
                }
            )
        elif len(missing):
            nl = f"{provider} (perceel {lot}): {len(missing)} van de {seen.months} maanden zijn niet gemeld"
            en = f"{provider} (lot {lot}): {len(missing)} of {seen.months} months were not reported"
            notes.append(
                {
                    "nl": f"{nl}; zij zijn geschat en niet nul.",
                    "en": f"{en}; they were estimated, and are not zero.",
                }
            )
    if found:
        longest = max(one.longest for one in found.values())
        notes.append(
            {
                "nl": f"Declaraties zijn hoogstens {longest} maanden gevolgd; wat nog later komt, zit niet in de schatting.",
                "en": f"Claims were followed over at most {longest} months; what comes later still is not in the estimate.",
            }
        )
    return tuple(notes)
