"""The tables of a capacity plan in long format."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.report.capacity.results import FEWEST_IN_TAIL, mean_of_scenarios
from bekostiging.report.kit.long import FIGURE_COLUMNS, Cell, LongTable, Row, estimated
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import CapacityStudy
from bekostiging_solvers import Estimate

PLACES = (
    "places",
    "safety_places",
    "least",
    "most",
    "used_low",
    "used_high",
    "availability_fee",
    "usage_fee_per_week",
)
"""Fields of an agreement that are figures."""
WAITING = {
    "clients": "waiting",
    "worst": "worst",
    "wait_share": "wait_share",
    "mean_weeks": "mean_weeks",
    "late_probability": "late_probability",
}
"""Field of an answer and its figure."""


def capacity_tables(study: CapacityStudy, texts: Texts) -> list[LongTable]:
    """Every table of a capacity plan."""
    spread = {
        "capacity_waiting": (("care_form", "municipality"), _waiting(study, texts)),
        "capacity_norms": (("care_form", "holds"), _norms(study, texts)),
        "capacity_cost": ((), _cost(study, texts)),
        "place_prices": (("care_form", "provider", "lot"), _prices(study, texts)),
        "failures": (("provider",), _failures(study, texts)),
        "capacity_budget": (("lot",), _budget(study, texts)),
    }
    first = LongTable(
        "agreements",
        ("lot", "care_form", "provider", "year", *FIGURE_COLUMNS),
        tuple(_agreements(study, texts)),
        across="figure",
    )
    return [
        first,
        *(
            LongTable(name, (*keys, *FIGURE_COLUMNS), tuple(rows), "figure" if keys else "")
            for name, (keys, rows) in spread.items()
        ),
    ]


def _figure(texts: Texts, name: str, value: Estimate | float | None) -> dict[str, Cell]:
    """The cells of a figure of [capacity]."""
    return estimated(texts.figure("capacity", name), value)


def _tail(study: CapacityStudy, estimate: Estimate) -> Estimate | float:
    """The mean of a tail, without its error where too few scenarios are in it."""
    enough = FEWEST_IN_TAIL / (1 - study.plan.data.confidence)
    return estimate if study.n_scenarios >= enough - 1e-9 else estimate.value


def _agreements(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """What is agreed with whom, its band, what it costs, and the places used."""
    for one in study.agreements():
        place: dict[str, Cell] = {name: one[name] for name in ("lot", "care_form", "provider", "year")}
        yield place | _figure(texts, "contracts", one["contracts"])
        for name in PLACES:
            yield place | estimated(texts.figure("capacity_figures", name), one[name])
        yield place | _figure(texts, "used", one["used"])


def _waiting(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """Waiting per care form and municipality, counted, beside what the plan sees of it."""
    planned = {(one.care_form, one.municipality): one.clients for one in study.waiting_of_plan}
    for one in study.waiting:
        for field, name in WAITING.items():
            place: dict[str, Cell] = {"care_form": one.care_form, "municipality": one.municipality}
            figure = _tail(study, one.worst) if field == "worst" else getattr(one, field)
            yield place | _figure(texts, name, figure)
        yield {"care_form": one.care_form, "municipality": one.municipality} | _figure(
            texts, "waiting_of_plan", planned.get((one.care_form, one.municipality))
        )


def _norms(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """Every waiting norm on out-of-sample scenarios, counted, beside what the plan sees."""
    planned = {one.care_form: one.value for one in study.norms_of_plan}
    for one in study.norms:
        place: dict[str, Cell] = {"care_form": one.care_form, "holds": texts["capacity", f"verdict_{one.verdict}"]}
        norm = study.plan.data.norm
        for name, value in ((f"norm_{norm}", one.value), ("norm_of_plan", planned[one.care_form])):
            yield place | _figure(texts, name, _tail(study, value) if norm == "cvar" else value)
        yield place | _figure(texts, "allowed", one.allowed)


def _cost(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """The cost by what it is for."""
    for name, part in study.out_of_sample.parts.items():
        yield _figure(texts, f"part_{name}", study.scramblings.mean(part))
    yield _figure(texts, "part_total", study.scramblings.mean(study.out_of_sample.costs))
    tail = study.scramblings.tail_mean(study.out_of_sample.costs, study.plan.data.confidence)
    yield _figure(texts, "part_tail", _tail(study, tail))


def _prices(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """What one more place would save, net of what it costs."""
    for one in study.prices:
        place: dict[str, Cell] = {"care_form": one.care_form, "provider": one.provider, "lot": one.lot}
        for name, value in (("fee", one.fee), ("margin", one.margin), ("block", one.block)):
            yield place | _figure(texts, name, value)


def _failures(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """What it costs when a provider fails halfway."""
    for one in study.failures:
        place: dict[str, Cell] = {"provider": one.provider}
        yield place | estimated(texts.figure("capacity_figures", "extra_cost"), mean_of_scenarios(one.extra_cost))
        yield place | _figure(texts, "extra_waiting", mean_of_scenarios(one.extra_waiting))


def _budget(study: CapacityStudy, texts: Texts) -> Iterator[Row]:
    """The lump sum of every lot against what its capacity costs; none where it was not asked for."""
    for one in study.budget.lots if study.budget is not None else ():
        place: dict[str, Cell] = {"lot": one.lot}
        yield place | _figure(texts, "payment", one.payment)
        yield place | _figure(texts, "plan_cost", one.cost)
        yield place | _figure(texts, "enough", one.enough_probability)
        yield place | _figure(texts, "own_payment", one.own_payment)
