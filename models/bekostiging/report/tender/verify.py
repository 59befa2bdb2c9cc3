"""Recomputing a dossier: equal, or which number differs, by how much and because of what.

On the versions and processor features that the dossier names every number is equal to the last bit, whatever the number of
workers; elsewhere numbers within 1e-9 (relative) are called equal and it is said so.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from bekostiging.case import UserError, read_case
from bekostiging.case.arguments import kinds_checked
from bekostiging.options import Progress, silent
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_schema import SCHEMA_VERSION as COMPARISON_SCHEMA
from bekostiging.report.kit.manifest import processor, versions
from bekostiging.report.tender.dossier import INPUTS, SUITE, About, Dossier, open_dossier
from bekostiging.report.tender.results import SCHEMA_VERSION as BENCHMARK_SCHEMA
from bekostiging.report.tender.results import benchmark_results
from bekostiging.studies import benchmark, compare
from bekostiging.studies.tender.suite import suite_of

TOLERANCE = 1e-9
"""Relative, and absolute below one."""
MOST_SHOWN = 10
Outcome = Literal["bits", "close", "different", "public"]
Sentence = dict[str, str]


@dataclass(frozen=True)
class Difference:
    """A number (or text) of results.json: where, what the dossier says, what comes out now; None where it is missing."""

    place: str
    was: Any
    now: Any

    @property
    def size(self) -> float:
        """Relative difference, absolute below one; infinite for what are no two numbers."""
        if _is_number(self.was) and _is_number(self.now):
            return float(abs(self.was - self.now) / max(1.0, abs(self.was), abs(self.now)))
        return math.inf

    def text(self) -> str:
        """Place, both values and how far apart."""
        far = f" ({self.size:.2g})" if math.isfinite(self.size) else ""
        return f"{self.place}: {self.was!r} -> {self.now!r}{far}"


@dataclass(frozen=True)
class Verification:
    """What computing a dossier again gave.

    Attributes
    ----------
    outcome
        ``"bits"``: every number equal to the last bit; ``"close"``: within 1e-9, where no more may be expected;
        ``"different"``; ``"public"``: a dossier for bidders, which cannot be computed again.
    differences
        Every number or text that differs, the largest relative difference first.
    changed
        Files of the dossier that were changed after it was written.
    causes
        Why numbers differ, as far as known, in both languages.
    n_numbers
        Numbers compared.
    about
        What the dossier says of itself.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> Verification("bits", (), (), (), 1204, SimpleNamespace(of="")).equal
    True
    """

    outcome: Outcome
    differences: tuple[Difference, ...]
    changed: tuple[str, ...]
    causes: tuple[Sentence, ...]
    n_numbers: int
    about: About

    @property
    def equal(self) -> bool:
        """Whether the dossier stands."""
        return self.outcome != "different" and not self.changed


@kinds_checked
def verify_dossier(path: Path, *, workers: int = 1, progress: Progress = silent) -> Verification:
    """Open a dossier, compute it again from its own inputs and compare every number.

    Parameters
    ----------
    path
        The dossier: a zip file that ``benchmark`` or ``compare`` wrote.
    workers
        Processes to compute with; the numbers are equal for any number of them.
    progress
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    Verification
        Whether every number is equal to the last bit, and if not, which differ and why.

    Raises
    ------
    UserError
        The file is no dossier, is damaged (the message names the file in it), or has inputs that cannot be read.

    Examples
    --------
    Not executed: it takes as long as the run that wrote the dossier.

    >>> verification = verify_dossier(Path("dossier.zip"))  # doctest: +SKIP
    >>> verification_sentences(verification, "en")  # doctest: +SKIP
    """
    dossier = open_dossier(path)
    about = dossier.about
    if about.public:
        return Verification("public", (), dossier.changed, (), 0, about)
    again = COMMANDS.get(about.command)
    if again is None:
        raise UserError(
            f"Dossier {path} is van '{about.command}', dat deze versie niet kent; werk bekostiging bij.",
            f"Dossier {path} is of '{about.command}', which this version does not know; update bekostiging.",
        )
    _refuse_other_layout(dossier, path)
    with tempfile.TemporaryDirectory() as place:
        now = again(dossier, _unpacked(dossier, Path(place)), workers, progress)
    was = dossier.results
    different = tuple(sorted(_differences(was, json.loads(json.dumps(now))), key=lambda one: -one.size))
    causes = (*_changed_inputs(dossier), *_other_machinery(about))
    return Verification(
        _outcome(different, bool(_other_machinery(about))),
        different,
        dossier.changed,
        causes,
        sum(1 for _, value in _leaves(was) if _is_number(value)),
        about,
    )


def _refuse_other_layout(dossier: Dossier, path: Path) -> None:
    """Results whose keys had other names cannot be laid beside those of today."""
    was, now = str(dossier.results.get("schema_version")), SCHEMA_VERSIONS[dossier.about.command]
    if was == now:
        return
    wrote = dossier.about.versions.get("bekostiging", "")
    raise UserError(
        f"Dossier {path} heeft resultaten in indeling {was}, deze versie schrijft indeling {now}; reken het na met de "
        f"versie die het schreef: bekostiging {wrote}. docs/results.md zegt wat er is hernoemd.",
        f"Dossier {path} has results in layout {was}, this version writes layout {now}; verify it with the version that "
        f"wrote it: bekostiging {wrote}. docs/results.md says what was renamed.",
    )


def _outcome(different: tuple[Difference, ...], elsewhere: bool) -> Outcome:
    """Equal bits; or, only on other versions or another processor, equal to the tolerance."""
    if not different:
        return "bits"
    return "close" if elsewhere and different[0].size <= TOLERANCE else "different"


def _unpacked(dossier: Dossier, place: Path) -> dict[str, Path | str]:
    """The inputs on disk: every case by name, as ``read_case`` takes it."""
    try:
        for name, content in dossier.files.items():
            parts = PurePosixPath(name).parts
            if parts[0] == INPUTS and ".." not in parts:
                file = place.joinpath(*parts)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    except OSError as error:
        raise UserError(
            f"De invoer van het dossier kan niet worden uitgepakt in {place.parent} ({error.strerror}); maak daar ruimte.",
            f"The inputs of the dossier cannot be unpacked in {place.parent} ({error.strerror}); make room there.",
            exit_code=2,
        ) from error
    return {case.name: case.name if case.path is None else place / case.path for case in dossier.about.cases}


Again = Callable[[Dossier, Mapping[str, Path | str], int, Progress], dict[str, Any]]


def _benchmark_again(
    dossier: Dossier, cases: Mapping[str, Path | str], workers: int, progress: Progress
) -> dict[str, Any]:
    """The results of the suite in a dossier."""
    suite = suite_of(dossier.files[SUITE].decode(), SUITE)
    without = {name for name, path in cases.items() if isinstance(path, str)}
    regions = tuple(size for size in suite.region if size.name in without)
    named = tuple(str(path) for name, path in cases.items() if name not in {size.name for size in regions})
    suite = suite.model_copy(update={"cases": named, "region": regions})
    return benchmark_results(benchmark(suite, workers=workers, progress=progress))


def _compare_again(
    dossier: Dossier, cases: Mapping[str, Path | str], workers: int, progress: Progress
) -> dict[str, Any]:
    """The results of the comparison in a dossier."""
    case = read_case(next(iter(cases.values())))
    return comparison_results(compare(case, **dossier.about.settings, workers=workers, progress=progress))


COMMANDS: dict[str, Again] = {"benchmark": _benchmark_again, "compare": _compare_again}
"""How a command is run again."""
SCHEMA_VERSIONS = {"benchmark": BENCHMARK_SCHEMA, "compare": COMPARISON_SCHEMA}
"""The layout of results each of them writes today."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _leaves(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its place."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{place}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(value, f"{place}/{index}")
    else:
        yield place, node


def _differences(was: Any, now: Any) -> Iterator[Difference]:
    """Every place where two results differ."""
    before, after = dict(_leaves(was)), dict(_leaves(now))
    for place in {**before, **after}:
        if before.get(place) != after.get(place) or (place in before) != (place in after):
            yield Difference(place, before.get(place), after.get(place))


def _changed_inputs(dossier: Dossier) -> list[Sentence]:
    """Inputs that are not as they were packed."""
    names = [name for name in dossier.changed if name.startswith(f"{INPUTS}/") or name == SUITE]
    if not names:
        return []
    shown = ", ".join(names)
    return [
        {
            "nl": f"gewijzigde invoer sinds het dossier is geschreven: {shown}",
            "en": f"input changed since the dossier was written: {shown}",
        }
    ]


def _other_machinery(about: About) -> list[Sentence]:
    """Packages of another version and processor features that differ."""
    causes = []
    for name, now in versions().items():
        was = about.versions.get(name)
        if was != now:
            causes.append(
                {
                    "nl": f"andere versie van {name}: {was or 'geen'} in het dossier, {now} hier",
                    "en": f"another version of {name}: {was or 'none'} in the dossier, {now} here",
                }
            )
    here = processor()
    if about.machine != here:
        differing = [key for key in here if about.machine.get(key) != here[key]]
        shown = "; ".join(f"{key}: {about.machine.get(key)} -> {here[key]}" for key in differing)
        causes.append({"nl": f"andere processorkenmerken ({shown})", "en": f"other processor features ({shown})"})
    return causes


@kinds_checked
def verification_sentences(result: Verification, lang: str) -> list[str]:
    """What verifying a dossier found: the verdict, the first differences and their causes.

    Parameters
    ----------
    result
        What ``verify_dossier`` returns.
    lang
        Language of the sentences: ``"nl"`` or ``"en"``.

    Returns
    -------
    list[str]
        One sentence a line.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> public = Verification("public", (), (), (), 0, SimpleNamespace(of="1f3a"))
    >>> verification_sentences(public, "en")
    ['Public dossier: it cannot be computed again. It belongs to the full dossier with SHA-256 1f3a.']
    """
    return [sentence[lang] for sentence in _sentences(result)]


def _sentences(result: Verification) -> Iterator[Sentence]:
    """The verdict, every difference up to a few, and the causes."""
    for name in result.changed:
        yield {
            "nl": f"Gewijzigd na het schrijven: {name}.",
            "en": f"Changed after it was written: {name}.",
        }
    if result.outcome == "public":
        yield {
            "nl": "Openbaar dossier: het is niet na te rekenen. Het hoort bij het volledige dossier met "
            f"SHA-256 {result.about.of}.",
            "en": "Public dossier: it cannot be computed again. It belongs to the full dossier with "
            f"SHA-256 {result.about.of}.",
        }
        return
    yield _verdict(result)
    for one in result.differences[:MOST_SHOWN]:
        yield {"nl": f"- {one.text()}", "en": f"- {one.text()}"}
    if len(result.differences) > MOST_SHOWN:
        rest = len(result.differences) - MOST_SHOWN
        yield {"nl": f"- en {rest} andere", "en": f"- and {rest} more"}
    if result.differences:
        yield from _causes_in_words(result)


def _verdict(result: Verification) -> Sentence:
    """In one sentence."""
    n = result.n_numbers
    if result.outcome == "bits":
        return {
            "nl": f"Gelijk: alle {n} getallen zijn tot op de laatste bit hetzelfde.",
            "en": f"Equal: all {n} numbers are the same to the last bit.",
        }
    largest = result.differences[0].size
    if result.outcome == "close":
        return {
            "nl": f"Gelijk tot op 1e-9: van {n} getallen wijken er {len(result.differences)} af, hoogstens {largest:.1g} "
            "(relatief); op deze versies of deze processor is gelijkheid tot op de bit niet te verwachten.",
            "en": f"Equal to 1e-9: of {n} numbers {len(result.differences)} differ, by at most {largest:.1g} (relative); on "
            "these versions or this processor equality to the bit is not to be expected.",
        }
    return {
        "nl": f"Niet gelijk: van {n} getallen wijken er {len(result.differences)} af; de grootste verschillen (dossier -> "
        "nu, relatief):",
        "en": f"Not equal: of {n} numbers {len(result.differences)} differ; the largest (dossier -> now, relative):",
    }


def _causes_in_words(result: Verification) -> Iterator[Sentence]:
    """Because of what; that nothing explains it is said too."""
    if not result.causes:
        yield {
            "nl": "Invoer, versies en processorkenmerken zijn dezelfde: dit hoort niet te kunnen; meld het.",
            "en": "Input, versions and processor features are the same: this should not be possible; report it.",
        }
    for cause in result.causes:
        yield {"nl": f"Oorzaak: {cause['nl']}.", "en": f"Cause: {cause['en']}."}
