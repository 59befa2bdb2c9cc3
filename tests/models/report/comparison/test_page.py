"""The report folder: complete or not there; what a reader must find in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import resource
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from matplotlib.figure import Figure

from bekostiging.case import UserError
from bekostiging.evaluation import Comparison
from bekostiging.report import presented, refuse_existing, write_results
from bekostiging.report.comparison import page as comparison_page_module
from bekostiging.report.comparison.answers import choice_table, four_sentences
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.kit.export import csv_files
from bekostiging.report.kit.long import COLUMNS
from bekostiging.report.kit.origin import assumptions, origin_tables
from bekostiging.report.kit.style import all_illustrative, svg
from bekostiging.report.kit.texts import Texts

NL, EN = Texts("nl"), Texts("en")
FILES = {"report.html", "results.json", "manifest.json", "scenarios.parquet", "resultaten.xlsx"}


def tables(outcome: Comparison, texts: Texts) -> dict[str, str]:
    """Every CSV file of a comparison."""
    made = [*comparison_tables(outcome, texts), *origin_tables(outcome.case, texts)]
    return csv_files(outcome.case, made, texts)


@pytest.fixture(scope="module")
def drawn(outcome: Comparison) -> dict[str, Figure]:
    """Every figure, drawn once."""
    return comparison_figures(outcome, NL)


@pytest.fixture(scope="module")
def written(outcome: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(outcome, tmp_path_factory.mktemp("out") / "result")


def test_the_folder_is_complete(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {*FILES, "figures", "tables"}
    assert {path.stem for path in (written / "figures").iterdir()} == {
        "spending",
        "providers",
        "exceedance",
        "corridor",
    }
    origins = {"policy", "assumptions"}
    names = {NL["files", name] for name in {*COLUMNS, *origins}}
    assert {path.stem for path in (written / "tables").glob("*.csv")} == names


def test_what_is_outside_the_contracts_is_discounted_as_spending_is(
    outcome: Comparison, drawn: dict[str, Figure]
) -> None:
    """Ten million a year, four years, at 2 %: 10 (1 + 1/1.02 + 1/1.02^2 + 1/1.02^3) = 38.8 million, not 40."""
    own, n_reported = outcome.lumpsum, outcome.outside.shape[1]
    data = replace(own.data, discount=1.02 ** -np.arange(4.0))
    outside = np.full((4, n_reported), 1e7 / n_reported)
    html = comparison_page(replace(outcome, outside=outside, lumpsum=replace(own, data=data)), NL, drawn)
    assert f"{NL['page', 'outside_items']}: 38,8 mln euro" in html


def test_the_manifest_has_the_fingerprint_of_every_file(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text())
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    assert set(manifest["sha256"]) == files - {"manifest.json"}
    for name, value in manifest["sha256"].items():
        assert hashlib.sha256((written / name).read_bytes()).hexdigest() == value


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_disclaimer_is_on_page_one_and_in_every_table(outcome: Comparison, lang: str) -> None:
    texts = Texts(lang)
    sentence = outcome.case.disclaimer[lang]
    html = comparison_page(outcome, texts, comparison_figures(outcome, texts))
    assert html.index(sentence) < html.index(texts["page", "question"])
    for name, text in tables(outcome, texts).items():
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if lang == "nl" else ","))
        assert rows[0][-1] == texts["columns", "disclaimer"], name
        assert all(row[-1] == sentence for row in rows[1:]), name


def test_dutch_tables_open_in_excel(outcome: Comparison) -> None:
    for text in tables(outcome, NL).values():
        assert text.startswith("\ufeff")
        assert ";" in text.splitlines()[0]
    first = tables(outcome, NL)["uitgaven.csv"].splitlines()[1].split(";")
    assert re.fullmatch(r"-?\d+,\d+", first[4])


def test_the_page_needs_nothing_from_elsewhere(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    html = comparison_page(outcome, NL, drawn)
    assert not re.search(r"<(script|link|img)\b|url\(http|@import", html)
    assert html.count("<svg") == 4


def test_the_answer_has_four_sentences_and_no_recommendation(
    outcome: Comparison, drawn: dict[str, Figure]
) -> None:
    for texts in (NL, EN):
        sentences = four_sentences(outcome, texts)
        assert len(sentences) == 4
        for sentence in sentences:
            assert sentence.endswith(".")
            assert "{" not in sentence
    html = comparison_page(outcome, NL, drawn).lower()
    for word in ("wij adviseren", "aanbevolen", "beste keuze", "voorkeur voor"):
        assert word not in html


def test_one_build_up_is_said_only_where_it_is_so(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    """Lump sums ten percent dearer than the build-up: the sentence names the gap instead of parity."""
    alike = dict.fromkeys(outcome.plain.spending, 100.0)
    equal = replace(outcome, plain=replace(outcome.plain, spending=alike))
    dearer = replace(outcome, plain=replace(outcome.plain, spending=alike | {"taakgericht": 110.0}))
    assert "alle vormen zijn op dezelfde kostprijs gezet" in four_sentences(equal, NL)[0]
    assert "kosten de vormen niet evenveel" in four_sentences(dearer, NL)[0]
    assert "taakgericht 10,0\u00a0%" in four_sentences(dearer, NL)[0]
    assert NL["page", "turning_one_build_up"] in comparison_page(equal, NL, drawn)
    assert NL["page", "turning_own_prices"] in comparison_page(dearer, NL, drawn)


def test_the_choice_table_has_the_criteria_of_the_field(outcome: Comparison) -> None:
    rows = dict(choice_table(outcome, NL))
    assert " ".join(rows) == (
        "maatwerk flexibiliteit keuzevrijheid grip op uitgaven prikkel administratie geschillen wachten"
    )
    assert set(rows["maatwerk"]) == {"niet gemodelleerd"}
    assert all("kans op overschrijding" in cell for cell in rows["grip op uitgaven"])


def test_assumptions_are_listed_illustrative_first(outcome: Comparison) -> None:
    statuses = [str(row["status"]) for row in assumptions(outcome.case)]
    order = ["illustrative", "estimated", "own_data", "published"]
    assert statuses == sorted(statuses, key=order.index)


def test_a_figure_of_invented_numbers_says_so_inside(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    """Every row of the synthetic region is illustrative; published demand takes the word away."""
    for name, figure in drawn.items():
        assert "rekenvoorbeeld" in [text.get_text() for text in figure.texts], name
    demand = tuple(row.model_copy(update={"status": "published"}) for row in outcome.case.demand)
    assert not all_illustrative(replace(outcome.case, demand=demand), ("offers", "demand"))


def test_figures_are_the_same_each_time(outcome: Comparison) -> None:
    assert svg(comparison_figures(outcome, NL)["spending"]) == svg(comparison_figures(outcome, NL)["spending"])


def test_scenarios_hold_every_future(outcome: Comparison, written: Path) -> None:
    table = pq.read_table(written / "scenarios.parquet")
    assert table.num_rows == outcome.n_scenarios * outcome.n_years * 4 * 2
    assert table.schema.metadata[b"disclaimer"].decode() == outcome.case.disclaimer["nl"]


def test_an_existing_folder_is_refused(outcome: Comparison, written: Path) -> None:
    with pytest.raises(UserError, match="overwrite") as caught:
        write_results(outcome, written)
    assert caught.value.exit_code == 2


def test_overwrite_never_replaces_what_is_no_result(outcome: Comparison, tmp_path: Path) -> None:
    (tmp_path / "brieven").mkdir()
    (tmp_path / "brieven" / "een.txt").write_text("blijf af")
    with pytest.raises(UserError, match="no earlier result"):
        refuse_existing(tmp_path / "brieven", overwrite=True)


def test_an_interrupted_run_leaves_nothing(
    outcome: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison_page_module, "write_samples", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(outcome, tmp_path / "half")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_overwrite_keeps_the_old(
    outcome: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_results(outcome, tmp_path / "whole")
    before = (tmp_path / "whole" / "results.json").read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison_page_module, "write_samples", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(outcome, tmp_path / "whole", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]
    assert (tmp_path / "whole" / "results.json").read_bytes() == before


def test_the_summary_has_a_row_per_form(outcome: Comparison) -> None:
    header, *rows = presented(outcome, "nl").answers()[0].rows
    assert len(rows) == 4
    assert all(len(row) == len(header) for row in rows)


def test_a_running_case_is_marked_confidential(outcome: Comparison, drawn: dict[str, Figure]) -> None:
    running = replace(outcome, case=replace(outcome.case, kind="running"))
    assert NL["page", "confidential"] in comparison_page(running, NL, drawn)
    assert NL["page", "confidential_named"] in comparison_page(replace(running, named=True), NL, drawn)
    assert "Vertrouwelijk" not in comparison_page(outcome, NL, drawn)


def test_a_full_disk_leaves_nothing(outcome: Comparison, tmp_path: Path) -> None:
    """No file may grow beyond 20 kB: what a full disk does, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        with pytest.raises(UserError, match=r"nothing has been left there\. Make room or choose another place"):
            write_results(outcome, tmp_path / "full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []
