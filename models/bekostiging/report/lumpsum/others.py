"""What a lump sum is beside: other agreements and corridors, choices of policy, what data are worth, its precision."""

from __future__ import annotations

from bekostiging.case import POLICIES
from bekostiging.case.numbers import in_en
from bekostiging.lumpsum import price_of_certainty, widest_limit
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.sections import Table, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import stability_sentence, technique_sentence
from bekostiging.report.lumpsum.designs import both_millions, design_in_short, signed
from bekostiging.studies import Changed, LumpSumStudy


def technique_sentences(study: LumpSumStudy, texts: Texts) -> list[str]:
    """How well the design is proved and its limits are known."""
    design = study.lumpsum.design
    if not design.feasible:
        return []
    return [
        technique_sentence(study.lumpsum, texts),
        stability_sentence(study.lumpsum, texts),
        *_precision(study, texts),
    ]


def _precision(study: LumpSumStudy, texts: Texts) -> list[str]:
    """How well the limits are known, and how many scenarios a stated precision asks."""
    widest = widest_limit(study.lumpsum.headline.checks)
    sentences = [
        texts["page", "precision_now"].format(
            limit=texts.limit(widest.limit, names_of(study.case, texts.lang)),
            width=texts.numbers.plain(widest.half_width),
        )
    ]
    if study.needed is not None and study.precision is not None:
        sentences.append(
            texts["page", "precision_needed"].format(
                precision=texts.numbers.plain(study.precision), n=texts.numbers.plain(study.needed)
            )
        )
    return sentences


def data_values_table(study: LumpSumStudy, texts: Texts) -> Table:
    """Every item: what knowing it saves, with its standard error."""
    if not study.value_of_data:
        return []
    rows = [[texts["page", name] for name in ("knowing_item", "knowing_value", "knowing_without")]]
    for one in study.value_of_data:
        value = texts.numbers.estimated_millions(one.value, 2)
        rows.append([texts["data_items", one.item], value, texts.numbers.millions(one.without, 2)])
    return rows


def alternatives_table(study: LumpSumStudy, texts: Texts) -> Table:
    """Every alternative: what it costs, its terms, and who gains and who loses most."""
    if len(study.alternatives) < 2:
        return []
    data, names = study.lumpsum.data, names_of(study.case, texts.lang)
    heads = ("alternative", "alternative_cost", "alternative_terms", "gains", "loses")
    rows = [[texts["page", name] for name in heads]]
    for number, one in enumerate(study.alternatives):
        terms = "; ".join(
            f"{names[lot.name]}: {design_in_short(data, one.design, j, texts)}" for j, lot in enumerate(data.lots)
        )
        parties = [
            *((who, own.value) for who, own in zip(data.providers, one.result, strict=True)),
            *((who, -own.value) for who, own in zip(data.municipalities, one.spending, strict=True)),
        ]
        parties.sort(key=lambda party: party[1])
        ends = [
            UNKNOWN if abs(value) < 1 else f"{names[who]} {signed(value, texts)}"
            for who, value in (parties[-1], parties[0])
        ]
        rows.append([str(number), both_millions((one.expected, one.tail), texts), terms, *ends])
    return rows


def frontier_table(study: LumpSumStudy, texts: Texts) -> Table:
    """The efficient corridors and the designed one, the safest for the municipalities first."""
    numbers, names = texts.numbers, names_of(study.case, texts.lang)
    heads = ("corridor_kind", "frontier_tail", "frontier_weakest", "weakest_provider")
    rows = [[texts["page", name] for name in heads]]
    shown = [point for point in study.frontier if point.efficient or point.band is None]
    for point in sorted(shown, key=lambda point: point.tail.value):
        if point.band is None:
            kind = texts["page", "as_designed"]
        else:
            key = "two_sided" if point.symmetric else "one_sided"
            kind = texts["page", key].format(band=numbers.percent(point.band), share=numbers.percent(point.share))
        ends = (numbers.estimated_millions(point.tail), numbers.estimated_percent(point.weakest))
        rows.append([kind, *ends, names[point.provider]])
    return rows


def price_of_certainty_sentence(study: LumpSumStudy, texts: Texts) -> str:
    """What a point more certainty for the providers costs the municipalities a year, and where that holds."""
    price = price_of_certainty(study.frontier, study.lumpsum.data.n_years)
    if price is None:
        return texts["page", "no_price_of_certainty"]
    euro, low, high = price
    return texts["page", "price_of_certainty"].format(
        euro=texts.numbers.plain(round(euro, -3)),
        low=texts.numbers.percent(low, 1),
        high=texts.numbers.percent(high, 1),
    )


def choices_table(study: LumpSumStudy, texts: Texts) -> Table:
    """Every policy row: what it means, who chose it, and what a tenth less and more does to spending."""
    heads = ("policy_choice", "choice_value", "choice_source", "choice_down", "choice_up")
    rows, names = [[texts["page", name] for name in heads]], names_of(study.case, texts.lang)
    for one in study.choices:
        scope = "" if one.scope == "case" else f" ({names[one.scope]})"
        ends = [_changed(one.lower, texts), _changed(one.higher, texts)]
        meaning = POLICIES[one.name].explained(texts.lang)
        source = f"{one.source} — {texts['statuses', one.status]}"
        rows.append([f"{texts.policy(one.name)}{scope}: {meaning}", texts.policy_value(one.value), source, *ends])
    return rows


def _changed(one: Changed | None, texts: Texts) -> str:
    """A number tried and what municipalities then spend more."""
    if one is None:
        return UNKNOWN
    change = (
        texts["page", "not_possible"] if one.expected is None else both_millions((one.expected, one.tail), texts)
    )
    return f"{texts.policy_value(in_en(one.value))}: {change}"
