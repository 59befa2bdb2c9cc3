"""Recomputing a dossier: equal, or which number differs, by how much and because of what.

On the versions, processor features and BLAS kernels that the dossier names every number is equal to the last bit, whatever
the number of workers; elsewhere numbers within 1e-9 (relative), or within the last digits of the largest amount, are called
equal and it is said so. Nothing is read but the dossier, and nothing is connected to: its settings are a closed model, its
cases stand in it.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from bekostiging.case import UserError, read_case
from bekostiging.case.arguments import kinds_checked, shown_value
from bekostiging.case.errors import LANGUAGES
from bekostiging.case.numbers import in_en, in_nl, written
from bekostiging.characters import visible
from bekostiging.options import Progress, silent
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_schema import SCHEMA_VERSION as COMPARISON_SCHEMA
from bekostiging.report.kit.manifest import processor, versions
from bekostiging.report.tender.about import About, ComparisonSettings
from bekostiging.report.tender.dossier import INPUTS, SUITE
from bekostiging.report.tender.opened import Dossier, open_dossier
from bekostiging.report.tender.results import SCHEMA_VERSION as BENCHMARK_SCHEMA
from bekostiging.report.tender.results import benchmark_results
from bekostiging.studies import benchmark, compare

TOLERANCE = 1e-9
"""Relative, and absolute below one."""
LAST_DIGITS = 16
"""Of the largest amount: what is left of the difference of two such amounts, such as an error that should be zero.
Measured between the kernels Nehalem and SkylakeX: 3.3e-9 where the largest amount has a last digit of a few 1e-9."""
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
            try:
                return float(abs(self.was - self.now) / max(1.0, abs(self.was), abs(self.now)))
            except OverflowError:  # a whole number of hundreds of digits, which no result has
                return math.inf
        return math.inf

    def within(self, floor: float) -> bool:
        """Whether rounding in another order explains it; ``floor``: the last digits of the largest amount."""
        both = _is_number(self.was) and _is_number(self.now)
        return both and (self.size <= TOLERANCE or abs(self.was - self.now) <= floor)

    def text(self, lang: str) -> str:
        """Place, both values and how far apart."""
        far = f" ({written(self.size, lang, 2)})" if math.isfinite(self.size) else ""
        return f"{visible(self.place)}: {shown_value(repr(self.was))} -> {shown_value(repr(self.now))}{far}"


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
    with tempfile.TemporaryDirectory() as place, _explained(path, dossier, place):
        now = again(dossier, _unpacked(dossier, Path(place)), workers, progress)
    was = dossier.results
    different = tuple(sorted(_differences(was, json.loads(json.dumps(now))), key=lambda one: -one.size))
    causes = (*_changed_inputs(dossier), *_other_machinery(about))
    return Verification(
        _outcome(different, bool(_other_machinery(about)), _floor(was)),
        different,
        dossier.changed,
        causes,
        sum(1 for _, value in _leaves(was) if _is_number(value)),
        about,
    )


@contextmanager
def _explained(path: Path, dossier: Dossier, place: str) -> Iterator[None]:
    """Say of a mistake in the inputs that it is the dossier's, and what of it was changed."""
    try:
        yield
    except UserError as error:
        if error.arguments:
            raise  # of who verifies, such as too many workers
        names = ", ".join(dossier.changed)
        changed = {
            "nl": f" (gewijzigd na het schrijven: {names})",
            "en": f" (changed after it was written: {names})",
        }
        nl, en = (
            f"{changed[lang] if names else ''}: {error.text(lang).replace(place, '')}" for lang in ("nl", "en")
        )
        raise UserError(
            f"Dossier {path} is niet na te rekenen{nl}", f"Dossier {path} cannot be computed again{en}"
        ) from None


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


def _outcome(different: tuple[Difference, ...], elsewhere: bool, floor: float) -> Outcome:
    """Equal bits; or, only on other versions or another processor, equal but for rounding."""
    if not different:
        return "bits"
    return "close" if elsewhere and all(one.within(floor) for one in different) else "different"


def _floor(results: dict[str, Any]) -> float:
    """Last digits of the largest amount in results; counts and seeds are whole numbers and no amounts."""
    return LAST_DIGITS * math.ulp(
        max((abs(value) for _, value in _leaves(results) if isinstance(value, float)), default=0.0)
    )


def _unpacked(dossier: Dossier, place: Path) -> dict[str, Path]:
    """The inputs on disk: the folder or file of every case by name; a region that is made from numbers has none."""
    try:
        for name, content in dossier.files.items():
            parts = PurePosixPath(name).parts
            if parts[0] == INPUTS:
                file = place.joinpath(*parts)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    except OSError as error:
        raise UserError(
            f"De invoer van het dossier kan niet worden uitgepakt in {place.parent} ({error.strerror}); maak daar ruimte.",
            f"The inputs of the dossier cannot be unpacked in {place.parent} ({error.strerror}); make room there.",
            exit_code=2,
        ) from error
    return {case.name: place / case.path for case in dossier.about.cases if case.path is not None}


Again = Callable[[Dossier, Mapping[str, Path], int, Progress], dict[str, Any]]


def _benchmark_again(
    dossier: Dossier, cases: Mapping[str, Path], workers: int, progress: Progress
) -> dict[str, Any]:
    """The results of the suite in a dossier."""
    assert dossier.suite is not None  # opened as a benchmark
    names = [case.name for case in dossier.about.cases]
    regions = tuple(size for size in dossier.suite.region if size.name in names and size.name not in cases)
    drawn = {size.name for size in regions}
    named = tuple(str(cases.get(name, name)) for name in names if name not in drawn)
    suite = dossier.suite.model_copy(update={"cases": named, "region": regions})
    return benchmark_results(benchmark(suite, workers=workers, progress=progress))


def _compare_again(
    dossier: Dossier, cases: Mapping[str, Path], workers: int, progress: Progress
) -> dict[str, Any]:
    """The results of the comparison in a dossier."""
    assert isinstance(dossier.settings, ComparisonSettings)  # opened as a comparison
    (name,) = (case.name for case in dossier.about.cases)
    case = read_case(cases.get(name, name))
    return comparison_results(compare(case, **dossier.settings.model_dump(), workers=workers, progress=progress))


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
    """Packages of another version, processor features and kernels that differ."""
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
    there, here = about.machine.model_dump(), processor()
    for key, nl, en in (
        ("system", "ander besturingssysteem", "another operating system"),
        ("processor", "andere processor", "another processor"),
        ("simd", "andere processorkenmerken", "other processor features"),
        ("blas", "andere rekenkern voor matrices (BLAS)", "another kernel for matrices (BLAS)"),
    ):
        if there[key] != here[key]:
            before, now = (_listed(value) for value in (there[key], here[key]))
            causes.append({"nl": f"{nl}: {before} -> {now}", "en": f"{en}: {before} -> {now}"})
    return causes


def _listed(value: str | list[str] | None) -> str:
    """A feature of a machine in one text; a dash where it was not recorded."""
    return (value if isinstance(value, str) else "; ".join(value or ())) or "-"


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
        yield {lang: f"- {one.text(lang)}" for lang in LANGUAGES}
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
            "nl": f"Gelijk tot op 1e-9 of de laatste cijfers van het grootste bedrag: "
            f"van {n} getallen wijken er {len(result.differences)} af, hoogstens {in_nl(largest, 1)} "
            "(relatief); op deze versies, processor of rekenkern is gelijkheid tot op de bit niet te verwachten.",
            "en": f"Equal to 1e-9 or the last digits of the largest amount: "
            f"of {n} numbers {len(result.differences)} differ, by at most {in_en(largest, 1)} (relative); on "
            "these versions, this processor or kernel equality to the bit is not to be expected.",
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
            "nl": "Invoer, versies, processor en rekenkern zijn dezelfde: dit hoort niet te kunnen; meld het.",
            "en": "Input, versions, processor and kernel are the same: this should not be possible; report it.",
        }
    for cause in result.causes:
        yield {"nl": f"Oorzaak: {cause['nl']}.", "en": f"Cause: {cause['en']}."}
