"""The questions that a landscape raises, each from a number of it."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.case.rows import name_in
from bekostiging.report.kit.disclosure import LARGEST
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.landscape.seen import asked
from bekostiging.studies import Landscape

DEPENDENT = 0.5
"""Part of its turnover from which a provider depends on the region."""
FAST = 0.03
"""Growth beyond the population a year from which one asks why."""
MOST_AREAS = 4
"""Areas named in a question."""


def questions(study: Landscape, texts: Texts) -> list[str]:
    """Every question, what nobody serves first."""
    return [
        *_unserved(study, texts),
        *_choice(study, texts),
        *_dependence(study, texts),
        *_waiting(study, texts),
        *_growth(study, texts),
        *asked(study, texts),
    ]


def _unserved(study: Landscape, texts: Texts) -> Iterator[str]:
    """Care forms without a provider somewhere."""
    labels, areas = (
        care_form_names(study.case, texts.lang),
        {row.id: name_in(row, texts.lang) for row in study.case.areas},
    )
    by_form: dict[str, list[str]] = {}
    for area, form, _ in study.unserved:
        by_form.setdefault(form, []).append(areas[area])
    for form, places in by_form.items():
        named = places if len(places) <= MOST_AREAS else [*places[:MOST_AREAS], f"… ({len(places) - MOST_AREAS})"]
        yield texts["landscape", "ask_unserved"].format(form=labels[form], areas=", ".join(named))


def _choice(study: Landscape, texts: Texts) -> Iterator[str]:
    """Care forms of one provider, or of one large one."""
    labels, names = care_form_names(study.case, texts.lang), names_of(study.case, texts.lang)
    for form, one in study.concentration.items():
        values = {"form": labels[form], "provider": names[one.who]}
        if one.providers == 1:
            yield texts["landscape", "ask_single"].format(**values)
        elif one.largest >= LARGEST:
            yield texts["landscape", "ask_large"].format(share=texts.numbers.percent(one.largest), **values)


def _dependence(study: Landscape, texts: Texts) -> Iterator[str]:
    """Providers that live from this region, and who is reached by another."""
    names = names_of(study.case, texts.lang)
    for role in study.roles:
        if role.dependence is not None and role.dependence >= DEPENDENT:
            share = texts.numbers.percent(min(role.dependence, 1.0))
            yield texts["landscape", "ask_dependent"].format(provider=names[role.provider], share=share)
        for main in role.main_contractors:
            yield texts["landscape", "ask_sub"].format(sub=names[role.provider], main=names[main])


def _waiting(study: Landscape, texts: Texts) -> Iterator[str]:
    """Care forms where who waits today waits beyond the norm."""
    case, labels = study.case, care_form_names(study.case, texts.lang)
    if not case.waiting:
        yield texts["landscape", "ask_no_waiting"]
        return
    for form in case.care_forms:
        rows = [row for row in case.waiting if row.care_form == form.id]
        waiting = sum(row.clients for row in rows)
        if waiting > 0:
            weeks = sum(row.clients * row.mean_weeks for row in rows) / waiting
            if weeks > form.waiting_norm_weeks:
                yield texts["landscape", "ask_waiting"].format(
                    form=labels[form.id],
                    weeks=texts.numbers.plain(weeks),
                    norm=texts.numbers.plain(form.waiting_norm_weeks),
                )


def _growth(study: Landscape, texts: Texts) -> Iterator[str]:
    """Care forms that grow faster than the population, and whether the past is known."""
    case, labels = study.case, care_form_names(study.case, texts.lang)
    for form in case.care_forms:
        rows = [row for row in case.demand if row.care_form == form.id]
        starts = sum(row.starts_per_year for row in rows)
        if starts > 0:
            growth = sum(row.starts_per_year * row.growth for row in rows) / starts
            if growth >= FAST:
                told = texts.numbers.percent(growth, 1)
                yield texts["landscape", "ask_growth"].format(form=labels[form.id], growth=told)
    if not any(row.clients is not None or row.starts is not None for row in case.history):
        yield texts["landscape", "ask_no_history"]
