"""The tables of a landscape: of the page, and in long format."""

from __future__ import annotations

from bekostiging.case.rows import name_in
from bekostiging.report.kit.long import LongTable, Row
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.sections import Table, care_form_names, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Landscape, Role

DELIVERIES = ("area", "care_form", "provider", "clients", "starts", "euro")
CONCENTRATION = ("care_form", "providers", "provider", "market_part", "concentration")


def landscape_tables(study: Landscape) -> list[LongTable]:
    """Every cell, and concentration."""
    frame = study.to_frame()
    deliveries: tuple[Row, ...] = tuple(
        dict(zip(DELIVERIES, row, strict=True)) for row in frame.itertuples(index=False, name=None)
    )
    concentration: tuple[Row, ...] = tuple(
        {
            "care_form": form,
            "providers": one.providers,
            "provider": one.who,
            "market_part": one.largest,
            "concentration": one.index,
        }
        for form, one in study.concentration.items()
    )
    return [
        LongTable("deliveries", DELIVERIES, deliveries),
        LongTable("concentration", CONCENTRATION, concentration),
    ]


def matrix_table(study: Landscape, texts: Texts) -> Table:
    """Million euro a year of every provider and care form, header first; every row and column adds up."""
    names, labels, numbers = (
        names_of(study.case, texts.lang),
        care_form_names(study.case, texts.lang),
        texts.numbers,
    )
    amounts, forms = study.by("provider", "care_form"), list(study.concentration)
    places = [study.cells.care_form_ids.index(form) for form in forms]
    rows = [[texts["landscape", "provider"], *(labels[form] for form in forms), texts["landscape", "euro"]]]
    for role in study.roles:
        own = amounts[study.cells.provider_ids.index(role.provider)]
        cells = [numbers.millions(own[i], 2) if own[i] > 0 else "" for i in places]
        rows.append([names[role.provider], *cells, numbers.millions(role.euro, 2)])
    return rows


def areas_table(study: Landscape, texts: Texts) -> Table:
    """Million euro a year of every area and provider, header first."""
    names, numbers = names_of(study.case, texts.lang), texts.numbers
    areas = {row.id: name_in(row, texts.lang) for row in study.case.areas}
    amounts = study.by("area", "provider")
    places = [study.cells.provider_ids.index(role.provider) for role in study.roles]
    rows = [[texts["landscape", "area"], *(names[role.provider] for role in study.roles)]]
    for a, area in enumerate(study.cells.area_ids):
        rows.append(
            [areas[area], *(numbers.millions(amounts[a, p], 2) if amounts[a, p] > 0 else "" for p in places)]
        )
    return rows


def roles_table(study: Landscape, texts: Texts) -> Table:
    """What every provider is to the region, header first."""
    said, numbers, names = texts.sections["landscape"], texts.numbers, names_of(study.case, texts.lang)
    heads = ("provider", "role", "euro", "share", "care_forms", "n_areas", "dependence")
    rows = [[said[name] for name in heads]]
    for role in study.roles:
        rows.append(
            [
                names[role.provider],
                _role(role, names, said),
                numbers.millions(role.euro, 2),
                numbers.percent(role.share, 1),
                str(role.care_forms),
                str(role.areas),
                UNKNOWN if role.dependence is None else numbers.percent(role.dependence),
            ]
        )
    return rows


def _role(role: Role, names: dict[str, str], said: dict[str, str]) -> str:
    """Main contractor, subcontractor, both, or neither."""
    parts = []
    if role.subcontractors:
        parts.append(said["main"].format(names=", ".join(names[one] for one in role.subcontractors)))
    if role.main_contractors:
        parts.append(said["sub"].format(names=", ".join(names[one] for one in role.main_contractors)))
    return "; ".join(parts) or said["own"]


def concentration_table(study: Landscape, texts: Texts) -> Table:
    """How much choice there is by care form, header first."""
    said, numbers = texts.sections["landscape"], texts.numbers
    labels, names = care_form_names(study.case, texts.lang), names_of(study.case, texts.lang)
    rows = [[said[name] for name in ("care_form", "providers", "biggest", "who", "index")]]
    for form, one in study.concentration.items():
        rows.append(
            [
                labels[form],
                str(one.providers),
                numbers.percent(one.largest),
                names[one.who],
                numbers.plain(one.index, 2),
            ]
        )
    return rows


def clients_table(study: Landscape, texts: Texts) -> Table:
    """Size, kind and frequency of the flows of clients by municipality and care form, header first."""
    said, numbers, case = texts.sections["landscape"], texts.numbers, study.case
    names, labels = names_of(case, texts.lang), care_form_names(case, texts.lang)
    payer = {row.id: row.municipality for row in case.areas}
    units = {row.id: row.unit for row in case.care_forms}
    heads = ("municipality", "care_form", "stock", "starts", "weekly", "unit", "weeks", "growth")
    rows = [[said[name] for name in heads]]
    for place in case.municipalities:
        for form in case.care_forms:
            own = [row for row in case.demand if payer[row.area] == place.code and row.care_form == form.id]
            starts, stock = sum(row.starts_per_year for row in own), sum(row.clients_at_start for row in own)
            weights = [(row.starts_per_year or row.clients_at_start, row) for row in own]
            total = sum(weight for weight, _ in weights)
            if total <= 0:
                continue
            weekly, weeks, growth = (
                sum(weight * getattr(row, name) for weight, row in weights) / total
                for name in ("units_per_week", "mean_duration_weeks", "growth")
            )
            rows.append(
                [
                    names[place.code],
                    labels[form.id],
                    numbers.plain(stock),
                    numbers.plain(starts),
                    numbers.plain(weekly, 1),
                    texts["landscape", f"unit_{units[form.id]}"],
                    numbers.plain(weeks),
                    numbers.signed_percent(growth, 1),
                ]
            )
    return rows


def demography_table(study: Landscape, texts: Texts) -> Table:
    """Inhabitants and their growth by area, header first."""
    said, numbers = texts.sections["landscape"], texts.numbers
    rows = [[said["area"], *(head for name in ("young", "adult", "old") for head in (said[name], said["growth"]))]]
    for area in study.case.areas:
        cells = []
        for band in ("0_17", "18_64", "65_plus"):
            cells.append(numbers.plain(getattr(area, f"inhabitants_{band}")))
            cells.append(numbers.signed_percent(getattr(area, f"growth_{band}"), 1))
        rows.append([name_in(area, texts.lang), *cells])
    return rows


def trend_table(study: Landscape, texts: Texts) -> Table:
    """Counts of the past by place and care form, a column per year, header first; without rows where nothing was counted."""
    said, numbers, case = texts.sections["landscape"], texts.numbers, study.case
    names = (
        {row.id: name_in(row, texts.lang) for row in case.areas}
        | names_of(case, texts.lang)
        | care_form_names(case, texts.lang)
    )
    counted: dict[tuple[str, str, str], dict[int, float]] = {}
    for row in case.history:
        value = row.clients if row.clients is not None else row.starts
        if value is not None:
            counted.setdefault((row.area, row.care_form, row.definition), {})[row.year] = value
    years = sorted({year for own in counted.values() for year in own})
    rows = [[said["place"], said["care_form"], said["counted"], *(str(year) for year in years)]]
    for (place, form, definition), own in counted.items():
        label = names.get(form) or texts.sections["laws"].get(form, form)
        cells = [numbers.plain(own[year]) if year in own else UNKNOWN for year in years]
        rows.append([names.get(place, place), label, said[f"counted_{definition}"], *cells])
    return rows


def waiting_table(study: Landscape, texts: Texts) -> Table:
    """Who waits today, header first."""
    said, numbers, case = texts.sections["landscape"], texts.numbers, study.case
    labels, areas = care_form_names(case, texts.lang), {row.id: name_in(row, texts.lang) for row in case.areas}
    norms = {row.id: row.waiting_norm_weeks for row in case.care_forms}
    rows = [[said[name] for name in ("area", "care_form", "waits", "mean_weeks", "norm")]]
    for row in case.waiting:
        cells = (row.clients, row.mean_weeks, norms[row.care_form])
        rows.append([areas[row.area], labels[row.care_form], *(numbers.plain(value, 0) for value in cells)])
    return rows


def nobody_table(study: Landscape, texts: Texts) -> Table:
    """What nobody serves, header first."""
    said, labels = texts.sections["landscape"], care_form_names(study.case, texts.lang)
    areas = {row.id: name_in(row, texts.lang) for row in study.case.areas}
    rows = [[said[name] for name in ("area", "care_form", "asked")]]
    return [*rows, *([areas[area], labels[form], texts.numbers.plain(n)] for area, form, n in study.unserved)]
