"""A case from what a store holds: every table that it can fill, with where each figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.bsn import mask
from bekostiging.case.errors import Note, UserError
from bekostiging.case.from_history.assemble import Estimates
from bekostiging.case.kinds import Count
from bekostiging.case.model import Case
from bekostiging.case.read import read_case, validated
from bekostiging.case.tables import Offer, Provider
from bekostiging.messages.remarks import euros
from bekostiging.store.case_tables import CaseTables
from bekostiging.store.comparisons import comparisons
from bekostiging.store.database import Store
from bekostiging.store.evidence import StoreCase
from bekostiging.store.products import unmapped_products
from bekostiging.store.tables import latest
from bekostiging.store.trajectories import rebuilt
from bekostiging.units import QUARTERS

EXAMPLE = "almere"
MOST_UNMAPPED = 0.01
"""Part of the euros without care form above which no case is made, unless somebody says why it may."""
MARGIN = 0.015
"""Mean margin of youth care providers in 2023 (Jeugdautoriteit): the unit cost of who gave none."""
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2015, 2100, 10
"""Years of the Jeugdwet and Wmo 2015 that a case can be of, and contract years that a lot can have."""


@kinds_checked
def case_from_store(
    store: Store,
    name: str,
    base_year: Count,
    first_year: Count | None = None,
    years: Count = 4,
    accept_unmapped: str = "",
) -> StoreCase:
    """Make a case from a region store.

    Parameters
    ----------
    store : Store
        Open to read.
    name : str
        Of the case.
    base_year : int
        The last year of which the messages are complete.
    first_year : int, optional
        The first contract year; two years after the base year if not given.
    years : int, default 4
        Contract years.
    accept_unmapped : str, default ""
        Why more than one percent of the euros may be without a care form; it is repeated in the report.

    Returns
    -------
    StoreCase
        The case, and where its figures come from.

    Raises
    ------
    UserError
        No conversion table, no trajectories, messages that do not hold the base year, more than one percent of the euros
        without care form.
    CaseError
        What a case cannot be.

    Examples
    --------
    >>> from bekostiging.case import UserError
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import case_from_store, make_store, open_store
    >>> make_store("cased.duckdb", new_key("cased.key"), ["0034"], retention_years=7)
    >>> with open_store("cased.duckdb") as store:
    ...     try:
    ...         case_from_store(store, "mine", 2025)
    ...     except UserError as error:
    ...         print(error.text("en")[:52])
    there is no conversion table of product codes yet; g
    """
    first = base_year + 2 if first_year is None else first_year
    if not FIRST_YEAR <= base_year <= first <= LAST_YEAR or years > MOST_YEARS:
        raise UserError(
            f"kies een basisjaar van {FIRST_YEAR} tot en met {LAST_YEAR}, een eerste contractjaar daarna en "
            f"hoogstens {MOST_YEARS} "
            "contractjaren.",
            f"choose a base year from {FIRST_YEAR} to {LAST_YEAR}, a first contract year after it and at most "
            f"{MOST_YEARS} contract "
            "years.",
            exit_code=2,
        )
    if not store.rows("SELECT count(*) FROM products")[0][0]:
        raise UserError(
            "er is nog geen conversietabel van productcodes; geef `bekostiging products propose`, loop haar na en geef "
            "`bekostiging products confirm`.",
            "there is no conversion table of product codes yet; give `bekostiging products propose`, check it and give "
            "`bekostiging products confirm`.",
        )
    dropped, share = _checked_products(store, accept_unmapped)
    found = rebuilt(store, date(base_year, 12, 31))
    if not store.rows("SELECT count(*) FROM trajectories")[0][0]:
        raise UserError(
            f"tot en met {base_year} is er geen enkel traject; lees 301, 305, 307 of 323 in, of kies een ander basisjaar.",
            f"up to and including {base_year} there is no trajectory; import 301, 305, 307 or 323, or choose another "
            "base year.",
        )
    late = {code: day for code, day in found.first.items() if day > date(base_year, 1, 1)}
    if late:
        listed = ", ".join(f"{code} ({day.isoformat()})" for code, day in sorted(late.items()))
        raise UserError(
            f"de berichten beginnen na 1 januari {base_year}: {listed}; lees eerdere berichten in, of kies een later "
            "basisjaar.",
            f"the messages begin after 1 January {base_year}: {listed}; import earlier messages, or choose a later "
            "base year.",
        )
    _check_claims_of(store, base_year)
    tables = CaseTables(store, found, base_year, first, years)
    example = read_case(EXAMPLE)
    made = tables.made(example)
    head: Mapping[str, Any] = {"kind": "running", "names": "real", "name": name, "title": {"nl": name, "en": name}}
    case = Estimates(made, example).case(name, tuple(tables.notes), head)
    # what the small start says of its own counts is said of the estimates of the store instead
    case = validated(replace(_with_prices(case, tables), notes=tuple(tables.notes)))
    told = [
        table for table in (*made, "offers") if any(row.status != "illustrative" for row in getattr(case, table))
    ]
    given = tuple(sorted(set(told) - {"policy"}))
    whole = {code: day.year + (day > date(day.year, 1, 1)) for code, day in found.first.items()}
    beside = comparisons(store, whole, base_year)
    return StoreCase(case, tuple(tables.evidence), tuple(found.notes()), dropped, given, share, beside)


def _check_claims_of(store: Store, base_year: int) -> None:
    """Refuse a base year without claims: there would be no price and no provider.

    Raises
    ------
    UserError
        With the months that do have claims.
    """
    months = store.rows(
        "SELECT min(begins), max(begins), count(*) FILTER (year(begins) = ?) FROM paid", [base_year]
    )
    first, last, count = months[0]
    if count:
        return
    if last is None:
        raise UserError(
            "er is geen enkele declaratie; lees 323 in, of de declaraties van een eigen systeem.",
            "there is no claim at all; import 323, or the claims of an own system.",
        )
    raise UserError(
        f"over {base_year} is er geen enkele declaratie; er zijn er van {first:%Y-%m} tot en met {last:%Y-%m}: kies met "
        f"--base-year een jaar daarvan, of lees de declaraties over {base_year} in.",
        f"there is no claim on {base_year}; there are from {first:%Y-%m} to {last:%Y-%m}: choose one of those years with "
        f"--base-year, or import the claims on {base_year}.",
    )


def _checked_products(store: Store, accepted: str) -> tuple[tuple[Note, ...], float]:
    """What has no care form, as notes, and its part of the euros.

    Raises
    ------
    UserError
        It is more than one percent, and nobody says why that may be.
    """
    unmapped, total = unmapped_products(store)
    cents = sum(abs(one.cents) for one in unmapped)
    share = cents / total if total else 0.0
    listed = ", ".join(f"{one.law} {one.code or '?'} ({euros(one.cents, 'nl')} euro)" for one in unmapped[:8])
    if share > MOST_UNMAPPED and not accepted.strip():
        raise UserError(
            f"{100 * share:.1f} procent van de euro's heeft geen zorgvorm: {listed}; vul de conversietabel aan "
            "(`bekostiging "
            "products`), of zeg met --accept-unmapped waarom het mag.".replace(".", ",", 1),
            f"{100 * share:.1f} percent of the euros has no care form: {listed}; complete the conversion table "
            "(`bekostiging "
            "products`), or say with --accept-unmapped why it may.",
        )
    notes: list[Note] = [
        {
            "nl": f"Zonder zorgvorm: {one.law} {one.code or '?'}, {euros(one.cents, 'nl')} euro.",
            "en": f"Without care form: {one.law} {one.code or '?'}, {euros(one.cents, 'en')} euro.",
        }
        for one in unmapped
    ]
    if unmapped and accepted.strip():
        notes.append({"nl": f"Aanvaard omdat: {mask(accepted)}", "en": f"Accepted because: {mask(accepted)}"})
    return tuple(notes), share


def _with_prices(case: Case, tables: CaseTables) -> Case:
    """The case with offers by provider: own prices brought to the first contract year, own shares of the starts."""
    lots = {form: lot.id for lot in case.lots for form in lot.care_forms}
    rows = []
    for (provider, form), price in tables.supply.prices.items():
        share = tables.supply.shares.get((provider, form), 0.0)
        if form not in lots:
            continue
        level = case.price_index.between(lots[form], tables.base_year, case.first_year)
        tariff = max(round(price.value * level, 2), 0.01)
        rows.append(
            Offer(
                provider=provider, care_form=form, market_share=share, tariff=tariff,
                unit_cost=max(round(tariff * (1 - MARGIN), 2), 0.01), status="estimated",
                source=f"323 van {tables.base_year}: euro's gedeeld door eenheden, geïndexeerd naar {case.first_year}; "
                "aandeel in de starts; kostprijs bij marge 1,5 % (Jeugdautoriteit)",
            )
        )  # fmt: skip
    levels = {form: case.price_index.between(lot, tables.base_year, case.first_year) for form, lot in lots.items()}
    # profiles are priced at the prices of the base year
    profiles = tuple(
        row
        if row.price is None
        else row.model_copy(update={"price": round(row.price * levels.get(row.care_form, 1.0), 2)})
        for row in case.profiles
    )
    providers = tuple(_provider(row, tables) for row in case.providers)
    return replace(case, offers=tuple(rows), profiles=profiles, providers=providers)


def _provider(row: Provider, tables: CaseTables) -> Provider:
    """A provider with the figures of its annual accounts, where those were imported."""
    found = tables.store.rows(
        f"SELECT quantity, year, value, name FROM {latest('accounts')} WHERE provider = ? AND value IS NOT NULL "
        "ORDER BY year DESC",
        [row.id],
    )
    last = {name: value for name, _, value, _ in reversed(found)}
    results = [value for name, _, value, _ in found if name == "result"][:3]
    if not {"equity", "total_assets", "turnover"} <= set(last) or not results:
        return _provider_by_counts(row, tables)
    region = sum(one.revenue for one in tables.supply.contracts if one.provider == row.id)
    results += [results[-1]] * (3 - len(results))
    return row.model_copy(
        update={
            "name": found[0][3] or row.name, "equity": last["equity"], "total_assets": last["total_assets"],
            "turnover": last["turnover"], "result_1": results[0], "result_2": results[1], "result_3": results[2],
            "region_turnover_share": min(region / last["turnover"], 1.0) if last["turnover"] > 0 else 1.0,
            "source": f"jaarrekening {found[0][1]} (DigiMV); vaste kosten en marge aangenomen", "status": "estimated",
        }
    )  # fmt: skip


_LAST_YEAR = f"""WITH moments AS (SELECT DISTINCT year * 4 + quarter AS moment FROM quarter_counts
    WHERE provider = $1 AND quantity = 'revenue' AND value IS NOT NULL)
SELECT quantity, sum(value), count(DISTINCT year * 4 + quarter), max(year), max_by(quarter, year * 4 + quarter)
FROM {latest("quarter_counts")} WHERE provider = $1 AND quantity IN ('revenue', 'result') AND form = '' AND value IS NOT NULL
    AND year * 4 + quarter > (SELECT max(moment) - 4 FROM moments) GROUP BY quantity"""


def _provider_by_counts(row: Provider, tables: CaseTables) -> Provider:
    """A provider with turnover and result of its last four quarters, where no annual accounts are; equity stays invented."""
    found = {name: values for name, *values in tables.store.rows(_LAST_YEAR, [row.id])}
    if set(found) != {"revenue", "result"} or any(values[1] < QUARTERS for values in found.values()):
        return row
    turnover, _, year, quarter = found["revenue"]
    if turnover <= 0:
        return row
    result = found["result"][0]
    region = sum(one.revenue for one in tables.supply.contracts if one.provider == row.id)
    scale = turnover / row.turnover if row.turnover > 0 else 1.0
    return row.model_copy(
        update={
            "turnover": turnover, "result_1": result, "result_2": result, "result_3": result, "equity": row.equity * scale,
            "total_assets": row.total_assets * scale, "region_turnover_share": min(region / turnover, 1.0),
            "source": f"kwartaalopgave, vier kwartalen tot en met kwartaal {quarter} van {year}; vermogen, vaste kosten en "
            "marge aangenomen, eerdere resultaten als dit",
            "status": "illustrative",
        }
    )  # fmt: skip
