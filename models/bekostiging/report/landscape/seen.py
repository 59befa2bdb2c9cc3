"""What a region store says, beside the landscape of a case."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.sections import Section, Table, care_form_names, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.store import StoreView
from bekostiging.studies import Landscape
from bekostiging.units import THOUSAND

FAR = 1.2
"""Times that the clients of the case differ from those of the messages from which a page asks why."""


def seen_sections(study: Landscape, texts: Texts) -> Iterator[Section]:
    """Messages, statements of providers, and other sources: each where the store has it."""
    seen, said = study.seen, texts.sections["landscape"]
    if seen is None:
        return
    if seen.forms:
        note = said["seen_note"].format(year=seen.base_year)
        yield Section(said["seen"], [note], [_forms(study, seen, texts)], numbers=True)
    if any(seen.providers.values()):
        yield Section(said["stated"], [said["stated_note"]], [_providers(study, seen, texts)], numbers=True)
    if seen.comparisons:
        yield Section(said["beside"], [said["beside_note"]], [_beside(seen, texts)], numbers=True)


def asked(study: Landscape, texts: Texts) -> Iterator[str]:
    """What the store asks: clients of the case that differ from the messages, providers that report a loss, other sources
    that say something else."""
    if study.seen is None:
        return
    said, labels, names = (
        texts.sections["landscape"],
        care_form_names(study.case, texts.lang),
        names_of(study.case, texts.lang),
    )
    own = _own_clients(study)
    for form in study.seen.forms:
        theirs, mine = form.clients, own.get(form.care_form, 0.0)
        if theirs and mine > 0 and max(mine / theirs, theirs / mine) > FAR:
            yield said["ask_seen"].format(
                form=labels[form.care_form], own=texts.numbers.plain(mine), seen=texts.numbers.plain(theirs)
            )
    for provider, facts in study.seen.providers.items():
        if facts.get("result", 0.0) < 0 and provider in names:
            yield said["ask_loss"].format(provider=names[provider])
    odd = [one for one in study.seen.comparisons if one.odd and one.year == study.seen.base_year]
    if odd:
        yield said["ask_beside"].format(n=len(odd))


def _own_clients(study: Landscape) -> dict[str, float]:
    """Clients of the case on 1 January by care form."""
    found: dict[str, float] = {}
    for row in study.case.demand:
        found[row.care_form] = found.get(row.care_form, 0.0) + row.clients_at_start
    return found


def _forms(study: Landscape, seen: StoreView, texts: Texts) -> Table:
    """Care forms in the case and in the messages, header first."""
    said, numbers, labels = texts.sections["landscape"], texts.numbers, care_form_names(study.case, texts.lang)
    own = _own_clients(study)
    starts: dict[str, float] = {}
    for row in study.case.demand:
        starts[row.care_form] = starts.get(row.care_form, 0.0) + row.starts_per_year
    heads = (
        "care_form",
        "own_clients",
        "seen_clients",
        "own_starts",
        "seen_starts",
        "providers",
        "seen_euro",
        "waited",
    )
    rows = [[said[name] for name in heads]]
    for form in seen.forms:
        if form.care_form in labels:
            rows.append(
                [
                    labels[form.care_form], numbers.plain(own.get(form.care_form, 0.0)), _few(form.clients, texts),
                    numbers.plain(starts.get(form.care_form, 0.0)), _few(form.starts, texts),
                    numbers.plain(form.providers), numbers.plain(form.euro / THOUSAND),
                    UNKNOWN if form.waited_weeks is None else numbers.plain(form.waited_weeks, 1),
                ]
            )  # fmt: skip
    return rows


def _few(count: int | None, texts: Texts) -> str:
    """A count, or that it is of fewer than ten."""
    return texts["landscape", "below_ten"] if count is None else texts.numbers.plain(count)


def _providers(study: Landscape, seen: StoreView, texts: Texts) -> Table:
    """What providers of the case reported of their last four quarters, header first."""
    said, numbers, names = texts.sections["landscape"], texts.numbers, names_of(study.case, texts.lang)
    rows = [
        [
            said[name]
            for name in ("provider", "revenue", "result", "working_capital", "outside_staff", "not_claimed")
        ]
    ]
    for provider, facts in seen.providers.items():
        if provider not in names:
            continue
        cells = [
            UNKNOWN if name not in facts else numbers.plain(facts[name] / THOUSAND)
            for name in ("revenue", "result", "working_capital")
        ]
        staff = facts.get("staff_in", 0.0) + facts.get("staff_out", 0.0)
        outside = numbers.percent(facts["staff_out"] / staff) if staff > 0 and "staff_out" in facts else UNKNOWN
        late = facts.get("unclaimed_production")
        rows.append(
            [names[provider], *cells, outside, UNKNOWN if late is None else numbers.plain(late / THOUSAND)]
        )
    return rows


def _beside(seen: StoreView, texts: Texts) -> Table:
    """Own counts and euros beside CBS and Iv3, header first."""
    said, numbers = texts.sections["landscape"], texts.numbers
    rows = [[said[name] for name in ("municipality", "law", "year", "what", "in_messages", "by_source", "part")]]
    for one in seen.comparisons:
        scale = 1.0 if one.what == "persons" else THOUSAND
        rows.append(
            [
                one.municipality, {"jeugdwet": "Jeugdwet", "wmo": "Wmo"}[one.law], str(one.year),
                f"{said[one.what]} ({one.source})", numbers.plain(one.own / scale), numbers.plain(one.other / scale),
                numbers.percent(one.own / one.other),
            ]
        )  # fmt: skip
    return rows
