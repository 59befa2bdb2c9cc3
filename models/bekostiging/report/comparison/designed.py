"""The designed lump sum in a comparison: what is agreed, and in the appendix how well it is known."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bekostiging.evaluation import Comparison
from bekostiging.report.kit.sections import Section, Table, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.agreement import (
    agreement_sentences,
    certainty_sentence,
    stability_sentence,
    technique_sentence,
)
from bekostiging.report.lumpsum.designs import designs_note, designs_table, terms_table
from bekostiging.report.lumpsum.limits import (
    checks_table,
    conflicts_table,
    prices_table,
    relaxations_table,
    requirements_table,
)


def lumpsum_section(outcome: Comparison, texts: Texts, origin: str, drawn: Figure, caption: str) -> Section:
    """The answer, its terms and the corridor; without a design what would have to yield."""
    result, names, said = outcome.lumpsum, names_of(outcome.case, texts.lang), texts.sections["page"]
    sentences = agreement_sentences(result, texts, names)
    if not result.design.feasible:
        yields = Section(said["relaxed_title"], (said["relaxed_note"],), [relaxations_table(result, texts, names)])
        return Section(said["lumpsum"], sentences, small=(origin,), below=(yields,))
    below = result.design.below_requirement
    if below:
        listed = "; ".join(names[provider] for provider in below)
        sentences = [*sentences, said["below_requirement"].format(names=listed)]
    terms = terms_table(result.data, result.design, texts, names)
    return Section(said["lumpsum"], sentences, [terms], drawn, caption=caption, small=(origin,))


def lumpsum_details(outcome: Comparison, texts: Texts) -> list[Section]:
    """For the appendix: designs, layers, budgets and limits; without a design the limits that conflict."""
    result, names, said = outcome.lumpsum, names_of(outcome.case, texts.lang), texts.sections["page"]
    if not result.design.feasible:
        return [Section(said["conflicts_title"], tables=[conflicts_table(result, texts, names)])]
    plain = result.plain.design
    separate = [terms_table(result.data, plain, texts, names)] if plain is not result.design else []
    checked = certainty_sentence(result.headline, texts, names)
    technique = f"{technique_sentence(result, texts)} {stability_sentence(result, texts)}"
    more = [["", said["million_euro"]], *_against_budget(outcome, texts)]
    more[0][0] = texts["columns", "lot"]
    designs = texts.sections["agreement"]
    return [
        Section(
            said["lumpsum_details"],
            below=(
                Section(
                    designs["designs_title"], (designs_note(result, texts),), [designs_table(result, texts, names)]
                ),
                Section(designs["plain_title"], tables=separate),
                Section(said["layers"], (said["layers_note"],), [_layers(outcome, texts)]),
                Section(said["budgets"], tables=[_budgets(outcome, texts)]),
                Section(said["against_budget"], (said["against_budget_note"],), [more]),
                Section(
                    said["out_of_sample"],
                    (checked,),
                    [checks_table(result.headline.checks, texts, names)],
                    small=(technique,),
                ),
                Section(
                    said["shadow"],
                    (said["shadow_note"],),
                    [prices_table(result, texts, names)],
                    small=(said["minimum_equity"],),
                ),
                Section(
                    said["requirement_title"],
                    (said["requirement_note"],),
                    [requirements_table(result, texts, names)],
                ),
            ),
        )
    ]


def _against_budget(outcome: Comparison, texts: Texts) -> Table:
    """What the municipality pays more where the layers are measured against the budget."""
    result, names = outcome.lumpsum, names_of(outcome.case, texts.lang)
    return [
        [names[lot.name], texts.numbers.estimated_millions(extra)]
        for lot, extra in zip(result.data.lots, result.measured_against_budget, strict=True)
    ]


def _budgets(outcome: Comparison, texts: Texts) -> Table:
    """Budget per contract and year, with the loading of its lot."""
    data, design, names = outcome.lumpsum.data, outcome.lumpsum.design, names_of(outcome.case, texts.lang)
    rows = [[texts["columns", "lot"], texts["columns", "provider"], texts["columns", "loading"],
             *(str(year) for year in outcome.years)]]  # fmt: skip
    for c in sorted(range(len(data.contracts)), key=lambda c: int(data.lot[c])):
        provider, lot = data.contracts[c]
        amounts = [texts.numbers.millions(float(value), 3) for value in design.budget[c]]
        loading = texts.numbers.percent(float(design.loading[data.lot[c]]), 2)
        rows.append([names[lot], names[provider], loading, *amounts])
    return rows


def _layers(outcome: Comparison, texts: Texts) -> Table:
    """Layers with edges as part of the reference and of the budget."""
    data, design, names, numbers = (
        outcome.lumpsum.data,
        outcome.lumpsum.design,
        names_of(outcome.case, texts.lang),
        texts.numbers,
    )
    rows = [[texts["columns", name] for name in ("lot", "layer", "lower", "upper", "share")]]
    for j, lot in enumerate(data.lots):
        scale = 1 + float(design.loading[j])
        for k, name in enumerate(lot.corridor.names):
            edges = [
                texts["units", "no_end"]
                if np.isinf(edge)
                else f"{numbers.percent(edge)} ({numbers.percent(edge / scale, 1)})"
                for edge in (float(lot.corridor.lower[k]), float(lot.corridor.upper[k]))
            ]
            share = numbers.percent(float(design.share[j][k]), 1)
            rows.append([names[lot.name] if k == 0 else "", texts.layer(name), *edges, share])
    return rows
