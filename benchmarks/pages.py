"""What the recorded results say: tables, slopes of cost against size, figures, and the pages of docs made of them.

A slope is the exponent b of cost ~ size^b in seconds of processor time (of the clock where that was not recorded), by
least squares on the logarithms of a series of geometric sizes; the last step has its own, because at small sizes fixed
cost hides growth. Beyond the largest size the last step is continued, but never flatter than in proportion: what is flatter
is fixed cost that still shows, and would promise too much.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from registry import BENCHMARKS, Benchmark

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
IMAGES = ROOT / "docs" / "images" / "benchmarks"
Content = dict[str, Any]
Row = dict[str, Any]
FLAT = 0.2
"""Exponent of memory below which it does not grow."""
COLOURS = ("#1b3a5c", "#b3541e", "#3f7f6c", "#8a8d91", "#c79a2b")
LINES = ("-", "--", "-.", ":", (0, (1, 1)))


def recorded() -> list[Content]:
    """Every result, in the order of the registry."""
    order = list(BENCHMARKS)
    found = [json.loads(path.read_text()) for path in RESULTS.glob("*.json")]
    return sorted(found, key=lambda content: order.index(content["benchmark"]))


def table(content: Content) -> str:
    """One benchmark as Markdown: where it ran, every subject at every size, slopes, figure."""
    benchmark, name = BENCHMARKS[content["benchmark"]], content["benchmark"]
    heads = [benchmark.unit, "by", "seconds", "of processor", "of which building", "ratio to ours"]
    heads += ["data, MiB", "memory above, MiB", "largest worker, MiB", "relative difference"]
    if not benchmark.alike:
        heads = [head for head in heads if head not in ("ratio to ours", "relative difference")]
    lines = [
        f"### {benchmark.phase}: {benchmark.title}",
        "",
        _where(content),
        "",
        _line(heads),
        _line(["---"] * len(heads)),
        *(_line(_cells(row, benchmark)) for row in content["rows"]),
    ]
    told = slopes(content)
    if told:
        lines += [
            "",
            "Growth: "
            + "; ".join(_slope_told(subject, own, benchmark.unit) for subject, own in told.items())
            + ".",
        ]
        lines += ["", f"![{benchmark.title}](images/benchmarks/{name}.svg)"]
    return "\n".join(lines)


def _where(content: Content) -> str:
    """Command, date, versions and hardware."""
    told = [f"`uv run --group peers python benchmarks/driver.py {content['benchmark']}`", content["date"]]
    many = content.get("processes", 3) > 1
    told.append(
        f"median of {content.get('processes', 3)} processes (one where it took long)"
        if many
        else "one process each"
    )
    told.append(", ".join(f"{package} {version}" for package, version in content["versions"].items()))
    if "machine" in content:
        told.append(", ".join(str(value) for value in content["machine"].values()))
    return "; ".join(told) + "."


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(row: Row, benchmark: Benchmark) -> list[str]:
    """One subject at one size; a time is beside ours only where the answer is the same."""
    start = [f"{row['size']:,}", row["subject"]]
    if "failed" in row:
        return [*start, row["failed"], *[""] * (7 if benchmark.alike else 5)]
    worked = f"{row['processor']:.3g}" if "processor" in row else ""
    building = "" if row["building"] is None else f"{row['building']:.3g}"
    workers = row.get("worker_mib", 0.0)
    memory = [f"{row['data_mib']:.0f}", f"{row['peak_mib']:.0f}", f"{workers:.0f}" if workers else ""]
    if not benchmark.alike:
        return [*start, f"{row['seconds']:.3g}", worked, building, *memory]
    ratio = f"{row['ratio']:.3g}" if row["agrees"] else "not compared: another answer"
    return [*start, f"{row['seconds']:.3g}", worked, building, ratio, *memory, f"{row['difference']:.0e}"]


def slopes(content: Content) -> dict[str, dict[str, float]]:
    """Per subject with three sizes or more: exponents of seconds over all sizes and over the last step, and of memory."""
    found = {}
    for subject, rows in _series(content).items():
        if len(rows) < 3:
            continue
        size, seconds = [float(row["size"]) for row in rows], [_seconds(row) for row in rows]
        memory = [_mebibytes(row) for row in rows]
        found[subject] = {
            "seconds": _exponent(size, seconds),
            "last": _exponent(size[-2:], seconds[-2:]),
            "memory": _exponent(size, memory),
            "last_memory": _exponent(size[-2:], memory[-2:]),
        }
    return found


def _seconds(row: Row) -> float:
    """Of the processor where recorded, at least a millisecond: below that its clock is too coarse."""
    return max(0.001, float(row.get("processor", row["seconds"])))


def _mebibytes(row: Row) -> float:
    """MiB of the data and above them, or of the largest worker where that holds more; at least one."""
    return max(1.0, float(row["peak_mib"] + row["data_mib"]), float(row.get("worker_mib", 0.0)))


def _series(content: Content) -> dict[str, list[Row]]:
    """Finished rows by subject, the smallest size first."""
    found: dict[str, list[Row]] = {}
    for row in sorted(content["rows"], key=lambda row: row["size"]):
        if "failed" not in row:
            found.setdefault(row["subject"], []).append(row)
    return found


def _exponent(size: list[float], cost: list[float]) -> float:
    return float(np.polyfit(np.log(size), np.log(cost), 1)[0])


def _slope_told(subject: str, own: dict[str, float], unit: str) -> str:
    return f"{subject}: seconds as {unit}^{own['seconds']:.2f} (last step ^{own['last']:.2f}), memory ^{own['memory']:.2f}"


def figure(content: Content) -> str:
    """Seconds against size, both on logarithmic axes, as SVG."""
    from matplotlib import style
    from matplotlib.figure import Figure

    from bekostiging.report.kit.style import STYLE, svg

    benchmark = BENCHMARKS[content["benchmark"]]
    with style.context(STYLE):
        drawn = Figure(figsize=(5.6, 3.0), layout="constrained")
        axes = drawn.subplots()
        for k, (subject, rows) in enumerate(_series(content).items()):
            size, seconds = [row["size"] for row in rows], [_seconds(row) for row in rows]
            axes.loglog(size, seconds, "o", ls=LINES[k % 5], ms=4, color=COLOURS[k % 5], label=subject)
        axes.set_xlabel(benchmark.unit)
        axes.set_ylabel("seconds of processor time")
        axes.legend(fontsize=8)
    return svg(drawn)


def beyond(own: dict[str, float]) -> tuple[float, float]:
    """Exponents with which seconds and memory are continued; memory that hardly grew (of a block, say) stays."""
    return max(1.0, own["last"]), 0.0 if own["last_memory"] < FLAT else max(1.0, own["last_memory"])


def reach_table() -> str:
    """What a country takes, from the last step of every series: seconds on one core or two, and memory."""
    heads = [
        "phase",
        "of",
        "by",
        "largest measured",
        "seconds of processor",
        "MiB",
        "grows as",
        "size to reach",
        "seconds then",
        "MiB then",
    ]
    lines = [_line(heads), _line(["---"] * len(heads))]
    for content in recorded():
        benchmark = BENCHMARKS[content["benchmark"]]
        if benchmark.reach is None:
            continue
        for subject, own in slopes(content).items():
            last = _series(content)[subject][-1]
            times = benchmark.reach / last["size"]
            memory = _mebibytes(last)
            seconds_as, memory_as = beyond(own)
            seconds = _seconds(last) * times**seconds_as
            then = [f"{seconds:,.0f}" if seconds >= 100 else f"{seconds:.3g}", f"{memory * times**memory_as:,.0f}"]
            if times <= 1:
                then = ["measured", "measured"]
            lines.append(
                _line(
                    [
                        benchmark.phase, benchmark.title, subject, f"{last['size']:,} {benchmark.unit}",
                        f"{_seconds(last):.3g}", f"{memory:.0f}", f"^{own['last']:.2f}",
                        f"{benchmark.reach:,} {benchmark.unit}", *then,
                    ]
                )
            )  # fmt: skip
    return "\n".join(lines)


def missing() -> str:
    """Sizes of the registry that nobody has measured, with the command that does; empty when all are."""
    known = {content["benchmark"]: {row["size"] for row in content["rows"]} for content in recorded()}
    left = {
        name: [size for size in one.sizes if size not in known.get(name, set())]
        for name, one in BENCHMARKS.items()
    }
    told = [
        f"`python benchmarks/driver.py {name} {' '.join(map(str, sizes))}`"
        for name, sizes in left.items()
        if sizes
    ]
    return "### Not measured yet\n\n" + ("\n".join(f"- {one}" for one in told) if told else "Nothing.")


def whole_text() -> str:
    """Every table, then what is missing."""
    return "\n\n".join([*(table(content) for content in recorded()), missing()])


def write_pages() -> None:
    """Put every recorded result between the markers of docs/performance.md and docs/scale.md, and draw the figures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for content in recorded():
        if slopes(content):
            (IMAGES / f"{content['benchmark']}.svg").write_text(figure(content))
    _between(ROOT / "docs" / "performance.md", "benchmarks", whole_text())
    _between(ROOT / "docs" / "scale.md", "slopes", reach_table())


def _between(page: Path, marker: str, text: str) -> None:
    """Replace what stands between two markers."""
    marked = f"<!-- {marker} -->\n{text}\n<!-- /{marker} -->"
    page.write_text(re.sub(rf"(?s)<!-- {marker} -->.*<!-- /{marker} -->", lambda _: marked, page.read_text()))
