"""A benchmark on one page for the tender file, made from its results alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note
from bekostiging.report.kit.estimates import read_estimate
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.numbers import SPACE, UNKNOWN
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.presented import Exported, Presented
from bekostiging.report.kit.sections import Section, Table
from bekostiging.report.kit.self_check import check_sentence
from bekostiging.report.kit.texts import Texts
from bekostiging.report.tender.plots import plot_percentiles
from bekostiging.report.tender.results import Results, benchmark_results, benchmark_settings
from bekostiging.report.tender.tables import benchmark_tables
from bekostiging.report.tender.words import criterion_figure, lot_words, shock_words
from bekostiging.studies import ALL_LOTS, NO_SHOCK, Benchmark, tail

HIDDEN = "·"
"""In place of what a public version leaves out."""
NOTHING = UNKNOWN
DOUBTFUL = (0.05, 0.95)
"""A verdict with a probability in between could be the other one."""
SHOWN_ERROR = 0.05
"""A rank with a smaller error stands alone."""


@kinds_checked
def benchmark_page(results: Results, lang: str, confidential: str = "") -> str:
    """Page of a tender benchmark, made of its results alone.

    Parameters
    ----------
    results
        What ``benchmark_results`` or ``public_results`` returns, or the content of a results.json.
    lang
        Language of the page: ``"nl"`` or ``"en"``.
    confidential
        The mark of every page; empty for what bidders may have, which has no provider.

    Returns
    -------
    str
        One HTML file that needs no other.

    Examples
    --------
    Not executed: a benchmark takes minutes.

    >>> benchmark_page(benchmark_results(benchmark(suite)), "en")  # doctest: +SKIP
    """
    texts = Texts(lang)
    suite, cases = results["suite"], results["cases"]
    sections = [section for case in cases.values() for section in _sections(case, suite, len(cases) > 1, texts)]
    disclaimers = dict.fromkeys(case["disclaimer"].get(lang, "") for case in cases.values())
    title = f"{texts['benchmark', 'title']}: {suite['title'].get(lang, suite['name'])}"
    return template("sections.html.j2").render(
        lang=lang,
        title=title,
        paper=Paper.of(title, texts, confidential),
        disclaimer=" ".join(text for text in disclaimers if text),
        confidential=confidential,
        alarms=(),
        notes=(),
        dated=(),
        remarks={},
        contents=texts["paper", "contents"],
        influence=None,
        dated_title="",
        told=_reading_guide(results, texts),
        self_check="",
        sections=sections,
    )


def benchmark_sentences(results: Results, lang: str) -> list[str]:
    """What was found, in a few sentences: for the end of the command."""
    texts = Texts(lang)
    sentences = []
    for case in results["cases"].values():
        lot = case["lots"][ALL_LOTS]
        for criterion in ("expected", tail(results["suite"]["confidence"][-1])):
            sentences.append(_ranking(case, lot, criterion, texts))
    return sentences


def _reading_guide(results: Results, texts: Texts) -> list[str]:
    """How the page is read."""
    said, suite = texts.sections["benchmark"], results["suite"]
    case = next(iter(results["cases"].values()))
    sentences = [
        said["told"].format(
            cases="; ".join(one["title"].get(texts.lang, "") for one in results["cases"].values()),
            scenarios=texts.numbers.plain(case["n_scenarios"]),
            first=case["years"][0],
            last=case["years"][-1],
            shocks=len(suite["shocks"]),
            shock_scenarios=texts.numbers.plain(suite["shock_scenarios"]),
            seed=suite["seed"],
        )
    ]
    if results["public"]:
        sentences.append(said["public"].format(hidden=HIDDEN))
    return sentences + benchmark_sentences(results, texts.lang)


def _ranking(case: Results, lot: Results, criterion: str, texts: Texts) -> str:
    """Which form is lowest on a criterion over all lots, and how sure that is."""
    ranks = {form: score["ranks"][criterion]["value"] for form, score in lot["forms"].items()}
    first, second, *_ = sorted(ranks, key=lambda form: float(ranks[form]))
    pair = next(
        one for one in lot["pairs"] if one["criterion"] == criterion and {one["a"], one["b"]} == {first, second}
    )
    sure = pair["certainty"] if pair["a"] == first else 1 - pair["certainty"]
    gap = abs(pair["difference"]["value"]) if pair["difference"] is not None else 0.0
    return texts["benchmark", "ranking"].format(
        case=case["title"].get(texts.lang, ""),
        criterion=texts[criterion_figure(criterion, texts)],
        first=texts["forms", first],
        second=texts["forms", second],
        gap=texts.numbers.millions(gap, 2),
        sure=_chance(sure, texts),
    )


def _sections(case: Results, suite: Results, many: bool, texts: Texts) -> Iterator[Section]:
    """Every section of one case."""
    said = texts.sections["benchmark"]
    head = f"{case['title'].get(texts.lang, '')}: " if many else ""
    years = f"{case['years'][0]}–{case['years'][-1]}"
    warnings = [note[texts.lang] for note in case["notes"]]
    warnings += [] if case["outcome"] == "designed" else [said[f"outcome_{case['outcome']}"]]
    notes = [said["scoreboard_note"].format(years=years, corner=texts["corners", case["corner"]])]
    if case["self_check"] is not None:
        notes.append(check_sentence(case["self_check"], texts))
    yield Section(head + said["scoreboard"], notes, [_scoreboard(case, suite, texts)], warnings=warnings)
    yield Section(head + said["ranks"], [said["ranks_note"]], [_ranks(case, texts), _pairs(case, suite, texts)])
    if suite["shocks"]:
        limits = {
            "certainty": texts.numbers.percent(case["certainty"]),
            "exhausted": texts.numbers.percent(1 - case["confidence"]),
        }
        yield Section(
            head + said["robust"], [said["robust_note"].format(**limits)], [_verdicts(case, suite, texts)]
        )
    flags = _flags(case, texts)
    if len(flags) > 1:
        yield Section(head + said["flags"], [said["flags_note"]], [flags])
    if case["decisions"]:
        yield Section(head + said["decisions"], _decisions_told(case, texts), [_decisions(case, texts)])
    if case["similar"] is not None:
        yield _similar(case["similar"], head, texts)


def _figure(name: str, one: Results | None, texts: Texts) -> str:
    """A figure with its error, in its unit."""
    if one is None:
        return HIDDEN
    estimate, numbers = read_estimate(one), texts.numbers
    if name == "buffer_exhausted":
        return numbers.estimated_percent(estimate, 1)
    if name == "concentration":
        return numbers.plain(estimate.value, 2)
    if name == "unserved":
        return numbers.estimate(estimate, most=0)
    if name == "administration":
        return numbers.millions(estimate.value, 2)
    return numbers.estimated_millions(estimate, 2)


def _lots(case: Results) -> list[tuple[str, Results]]:
    """All lots together first."""
    lots = list(case["lots"].items())
    return [lots[-1], *lots[:-1]] if len(lots) > 2 else lots[-1:]


def _scoreboard(case: Results, suite: Results, texts: Texts) -> Table:
    """Every lot and form: figures, robustness, flags."""
    said = texts.sections["benchmark"]
    names = list(next(iter(case["lots"][ALL_LOTS]["forms"].values()))["figures"])
    head = [
        said["form"],
        *(texts[criterion_figure(name, texts)] for name in names),
        said["holds"],
        said["n_flags"],
    ]

    def row(score: Results) -> list[str]:
        """One form."""
        cells = [_figure(name, score["figures"][name], texts) for name in names]
        count = str(len(score["flags"])) if score["flags"] else NOTHING
        return [*cells, _shocks_withstood(score, len(suite["shocks"]), texts), count]

    return _by_lot(case, head, row, texts)


def _by_lot(case: Results, head: list[str], row: Callable[[Results], list[str]], texts: Texts) -> Table:
    """A table with a line for every lot, all together first, and its forms under it."""
    rows = [head]
    for lot, own in _lots(case):
        rows.append([lot_words(lot, own, texts).upper(), *[""] * (len(head) - 1)])
        rows += [[texts["forms", form], *row(score)] for form, score in own["forms"].items()]
    return rows


def _shocks_withstood(score: Results, n: int, texts: Texts) -> str:
    """Under how many of the shocks it is acceptable."""
    if score["robustness"] is None:
        return NOTHING
    held = sum(one["acceptable"] for one in score["verdicts"] if one["shock"] != NO_SHOCK)
    error = n * (score["robustness"]["standard_error"] or 0.0)
    doubt = f"{SPACE}±{SPACE}{texts.numbers.plain(error, 1)}" if error >= SHOWN_ERROR else ""
    return texts["benchmark", "of"].format(held=held, n=n) + doubt


def _ranks(case: Results, texts: Texts) -> Table:
    """Expected rank of every form on every criterion."""
    names = list(next(iter(case["lots"][ALL_LOTS]["forms"].values()))["ranks"])
    head = [texts["benchmark", "form"], *(texts[criterion_figure(name, texts)] for name in names)]
    return _by_lot(case, head, lambda score: [_rank(score["ranks"][name], texts) for name in names], texts)


def _rank(one: Results | None, texts: Texts) -> str:
    """An expected rank; its error where the order is not certain."""
    if one is None:
        return HIDDEN
    shown = texts.numbers.plain(one["value"], 1)
    if (one["standard_error"] or 0.0) < SHOWN_ERROR:
        return shown
    return f"{shown}{SPACE}±{SPACE}{texts.numbers.plain(one['standard_error'], 1)}"


def _pairs(case: Results, suite: Results, texts: Texts) -> Table:
    """Every pair of forms over all lots: difference and certainty on cost and the far tail, and share of scenarios."""
    said = texts.sections["benchmark"]
    far = tail(suite["confidence"][-1])
    pairs: dict[tuple[str, str], dict[str, Results]] = {}
    for pair in case["lots"][ALL_LOTS]["pairs"]:
        pairs.setdefault((pair["a"], pair["b"]), {})[pair["criterion"]] = pair
    heads = ("pair", "cheaper_in", "difference", "sure", "difference_tail", "sure")
    rows = [[said[head] for head in heads]]
    for (a, b), own in pairs.items():
        cost, worst = own["expected"], own[far]
        rows.append(
            [
                said["against"].format(a=texts["forms", a], b=texts["forms", b]),
                texts.numbers.estimated_percent(read_estimate(cost["in_scenarios"]), 0),
                texts.numbers.estimated_millions(read_estimate(cost["difference"]), 2),
                _chance(cost["certainty"], texts),
                texts.numbers.estimated_millions(read_estimate(worst["difference"]), 2),
                _chance(worst["certainty"], texts),
            ]
        )
    return rows


def _chance(probability: float, texts: Texts) -> str:
    """A probability; never quite one or zero, for it is an estimate."""
    if probability > 0.999:
        return f">{SPACE}{texts.numbers.percent(0.999, 1)}"
    if probability < 0.001:
        return f"<{SPACE}{texts.numbers.percent(0.001, 1)}"
    return texts.numbers.percent(probability, 0 if 0.01 < probability < 0.99 else 1)


def _verdicts(case: Results, suite: Results, texts: Texts) -> Table:
    """Every shock and form over all lots: acceptable, and what fails."""
    said = texts.sections["benchmark"]
    forms = case["lots"][ALL_LOTS]["forms"]
    rows = [[said["shock"], *(texts["forms", form] for form in forms)]]
    for shock in (NO_SHOCK, *suite["shocks"]):
        cells = []
        for score in forms.values():
            verdict = next(one for one in score["verdicts"] if one["shock"] == shock)
            failed = [said[f"condition_{one['name']}"] for one in verdict["conditions"] if not one["holds"]]
            word = said["acceptable"] if verdict["acceptable"] else said["not_acceptable"]
            why = f": {', '.join(failed)}" if failed else ""
            doubt = f" ({said['doubtful']})" if DOUBTFUL[0] < verdict["probability"] < DOUBTFUL[1] else ""
            cells.append(word + why + doubt)
        rows.append([shock_words(shock, case, texts), *cells])
    return rows


def _flags(case: Results, texts: Texts) -> Table:
    """How many flags of a kind every form has over all lots."""
    said = texts.sections["benchmark"]
    forms = case["lots"][ALL_LOTS]["forms"]
    counts: dict[str, dict[str, int]] = {}
    for form, score in forms.items():
        for flag in score["flags"]:
            own = counts.setdefault(flag["kind"], dict.fromkeys(forms, 0))
            own[form] += 1
    rows = [[said["flag"], *(texts["forms", form] for form in forms)]]
    for kind, own in counts.items():
        rows.append([said[f"flag_{kind}"], *(str(n) if n else NOTHING for n in own.values())])
    return rows


def _decisions_told(case: Results, texts: Texts) -> list[str]:
    """What the table says, why a model said nothing, and what must be said of its scenarios alone."""
    sentences = []
    for one in case["decisions"]:
        own = [note for note in one["notes"] if note not in case["notes"]]
        own += [] if one["told"] is None else [one["told"]]
        sentences += [f"{texts['benchmark', 'model_' + one['model']]}: {note[texts.lang]}" for note in own]
    return [texts["benchmark", "decisions_note"], *sentences]


def _decisions(case: Results, texts: Texts) -> Table:
    """Every figure of every decision model."""
    said, numbers = texts.sections["benchmark"], texts.numbers
    names = {lot: own["name"] for lot, own in case["lots"].items()} | {"": said["all_lots"]}
    rows = [[said[head] for head in ("model", "lot", "figure", "level", "value")]]
    for one in case["decisions"]:
        for figure in one["figures"]:
            value = read_estimate(figure["value"])
            shown = {
                "euro": f"{numbers.estimated_millions(value, 2)} {said['million']}",
                "places": numbers.plain(value.value),
                "fraction": numbers.estimated_percent(value, 2)
                if value.standard_error
                else numbers.percent(value.value, 2),
            }[figure["unit"]]
            level = NOTHING if figure["confidence"] is None else numbers.percent(figure["confidence"])
            rows.append(
                [
                    said[f"model_{one['model']}"],
                    names.get(figure["subject"], figure["subject"]),
                    said[f"figure_{figure['figure']}"],
                    level,
                    shown,
                ]
            )
    return rows


def _similar(similar: Results, head: str, texts: Texts) -> Section:
    """The case among simulated regions of its size."""
    said, numbers = texts.sections["benchmark"], texts.numbers
    note = said["similar_note"].format(
        n=similar["n_regions"],
        municipalities=similar["municipalities"],
        providers=HIDDEN if similar["providers"] is None else similar["providers"],
        inhabitants=numbers.plain(similar["inhabitants"]),
        scenarios=numbers.plain(similar["n_scenarios"]),
    )
    rows = [
        [said["figure"], said["form"], said["own"], said["percentile"], said["low"], said["middle"], said["high"]]
    ]
    names = list(next(iter(similar["forms"].values())))
    for name in names:
        for k, (form, own) in enumerate(similar["forms"].items()):
            one = own[name]
            cells = [HIDDEN] * 5
            if one is not None:
                low, middle, high, mine = (
                    _scale_free(name, one[key], texts) for key in ("low", "middle", "high", "own")
                )
                cells = [mine, numbers.estimated_percent(read_estimate(one["percentile"]), 0), low, middle, high]
            rows.append([said[f"similar_{name}"] if k == 0 else "", texts["forms", form], *cells])
    return Section(head + said["similar"], [note], [rows], drawn=plot_percentiles(similar, texts))


def _scale_free(name: str, value: float, texts: Texts) -> str:
    """A figure without scale in its unit."""
    if name == "euro_per_inhabitant":
        return texts.numbers.plain(value)
    if name in ("unserved", "concentration"):
        return texts.numbers.plain(value, 2)
    return texts.numbers.percent(value, 1)


class BenchmarkReport(Presented[Benchmark]):
    """Every case of a suite; tables in a folder per case where there are more. Its page is made of its results alone."""

    @cached_property
    def found(self) -> dict[str, Any]:
        """The results, made once."""
        return benchmark_results(self.study)

    @property
    def notes(self) -> Sequence[Note]:
        """The notes of every case and of what each decision model drew, each note once."""
        collected: list[Note] = []
        for board in self.study.boards:
            for notes in (board.outcome.notes, *(one.notes for one in board.decisions.values())):
                collected += [note for note in notes if note not in collected]
        return collected

    @property
    def designed(self) -> bool:
        """A case without a lump sum within its limits is a line of the comparison, no failure of it."""
        return True

    def results(self) -> dict[str, Any]:
        return self.found

    def exported(self) -> Sequence[Exported]:
        boards = self.study.boards
        return [
            Exported(
                board.outcome.case,
                benchmark_tables(self.found["cases"][board.outcome.case.name], self.texts),
                {
                    "scenarios": board.outcome.n_scenarios,
                    "years": board.outcome.years,
                    "seed": board.outcome.seed,
                },
                named=False,
                place=board.outcome.case.name if len(boards) > 1 else "",
            )
            for board in boards
        ]

    def about(self) -> Mapping[str, object]:
        cases = [board.outcome.case.name for board in self.study.boards]
        return {"suite": self.study.suite.name, "cases": cases, "settings": benchmark_settings(self.study)}

    def sentences(self) -> list[str]:
        return benchmark_sentences(self.found, self.texts.lang)

    def page(self) -> str:
        marks = [confidential_mark(board.outcome.case, self.texts, named=False) for board in self.study.boards]
        return benchmark_page(self.found, self.texts.lang, next(filter(None, marks), ""))
