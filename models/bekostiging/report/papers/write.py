"""Every paper of a comparison or a lump sum, in the folder ``papers`` of its result or from a result that was kept."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note, UserError
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.report.kit.begroting import TODAY
from bekostiging.report.kit.folder import write_folder
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.odf import write_odf
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import WordPapers, needs_word
from bekostiging.report.kit.workbook import NAME
from bekostiging.report.papers.basis import Basis
from bekostiging.report.papers.board import BoardProposal
from bekostiging.report.papers.contract import contract_about, contract_paper
from bekostiging.report.papers.council import CouncilProposal
from bekostiging.report.papers.executive import ExecutiveAdvice
from bekostiging.report.papers.grounds import Grounds
from bekostiging.report.papers.kept import KeptPapers, PaperText, read_kept
from bekostiging.report.papers.secret import SecretAnnex
from bekostiging.studies import LumpSumStudy

FOLDER = "papers"
"""Where the papers of a result stand."""
LONGEST_NAME = 60
"""Letters of a municipality in the name of a file; systems refuse names of more than 255."""


@dataclass(frozen=True)
class PapersAsked:
    """How papers are wanted.

    Attributes
    ----------
    template : Path or None
        A Word file whose styles, margins, header and footer they get; None: the house style.
    odf : bool
        Whether OpenDocument files are wanted too.
    form : str
        The payment form that they propose, or ``"mix"``: every lot as it is paid today; empty: that of the first page.

    Examples
    --------
    >>> PapersAsked().odf
    False
    """

    template: Path | None = None
    odf: bool = False
    form: str = ""

    def check(self) -> None:
        """Refuse before a run what would be refused after it.

        Raises
        ------
        UserError
            python-docx is not there, the template is no Word file, or the payment form is unknown.
        """
        needs_word()
        _ = WordPapers(self.template).missing
        if self.form not in ("", TODAY, *PAYMENT_FORMS):
            known = ", ".join((*PAYMENT_FORMS, TODAY))
            raise UserError(
                f"{{form}} {self.form}: deze bekostigingsvorm is onbekend; kies uit {known}.",
                f"{{form}} {self.form}: this payment form is unknown; choose from {known}.",
                exit_code=2,
                arguments=["form"],
            )


@kinds_checked
def write_papers(
    outcome: Comparison | LumpSumStudy, folder: Path, lang: str, asked: PapersAsked | None = None
) -> list[Note]:
    """Write every paper of a comparison or a lump sum, in Word and where asked in OpenDocument, into its folder ``papers``.

    Parameters
    ----------
    outcome
        What ``compare`` or ``study_lumpsum`` returned. A lump sum alone knows no other forms, and its papers say so.
    folder
        An existing folder with its result.
    lang
        Language of the papers: ``"nl"`` or ``"en"``.
    asked
        How they are wanted; without it in the house style, in Word alone.

    Returns
    -------
    list of dict
        What must be told: styles that a template lacks, what could not be made.

    Raises
    ------
    UserError
        python-docx is not there, the template is no Word file, the payment form is unknown or every lot has the same one; a
        lump sum alone without a design.

    Examples
    --------
    What is wished is checked before anything is written; the writing itself is not executed here, as it takes a minute.

    >>> PapersAsked(form="lump_sum").check()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: form lump_sum: this payment form is unknown; choose from inspanningsgericht, ...
    >>> from bekostiging import compare, read_case
    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> write_papers(outcome, Path("results"), "nl")  # doctest: +SKIP
    """
    how = asked or PapersAsked()
    how.check()
    _refuse_absent(outcome, how.form)
    papers = list(_papers(Basis.of(outcome, Texts(lang), how.form)))
    return _written(papers, folder / FOLDER, how, folder.glob(NAME))


@kinds_checked
def papers_of_result(
    result: Path, folder: Path, asked: PapersAsked | None = None, *, overwrite: bool = False
) -> list[Note]:
    """Write the papers of a result that was computed before, from what its folder keeps (``papers.json``).

    Parameters
    ----------
    result
        A folder that ``compare`` or ``lumpsum`` wrote; the papers are in its language.
    folder
        Where the papers are to come: a folder of their own.
    asked
        How they are wanted; without it in the house style, in Word alone.
    overwrite
        Whether papers that were written there before may be replaced; not by default.

    Returns
    -------
    list of dict
        What must be told: styles that a template lacks, what could not be made.

    Raises
    ------
    UserError
        The result keeps no papers, or none that propose the form; its papers were changed or are of another version; the
        folder exists or cannot be written; as ``write_papers``.

    Examples
    --------
    >>> papers_of_result(Path("no-result"), Path("papers"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: Result no-result keeps no papers (papers.json or manifest.json ...
    """
    how = asked or PapersAsked()
    how.check()
    kept = read_kept(result)
    papers, notes = kept.proposing(how.form), []

    def fill(draft: Path) -> None:
        """Write every paper; the manifest last."""
        notes.extend(_written(papers, draft, how))
        write_manifest(draft, {"papers_of": result.resolve().name, "lang": kept.lang})

    write_folder(folder, fill, overwrite=overwrite)
    return notes


def kept_papers(outcome: Comparison | LumpSumStudy, lang: str) -> KeptPapers | None:
    """What the papers of a result say, for every form that they may propose; None where there is nothing to propose."""
    if isinstance(outcome, LumpSumStudy) and (outcome.budget is None or len(outcome.lumpsum.data.forms) > 1):
        return None
    texts = Texts(lang)
    first = Basis.of(outcome, texts)
    return KeptPapers(
        lang, first.form, {form: list(_papers(first.proposing(form))) for form in first.budget.forms}
    )


def _written(papers: Iterable[PaperText], place: Path, how: PapersAsked, books: Iterable[Path] = ()) -> list[Note]:
    """Write papers into a folder; where asked in OpenDocument too, and workbooks with them."""
    word = WordPapers(how.template)
    place.mkdir(exist_ok=True)
    for one in papers:
        word.write(place / f"{one.name}.docx", one.about, one.blocks)
    return _missing(word) + (write_odf([*sorted(place.glob("*.docx")), *books]) if how.odf else [])


def _refuse_absent(outcome: Comparison | LumpSumStudy, form: str) -> None:
    """Refuse the mix of today where every lot has the same form, and a form that was not computed."""
    if isinstance(outcome, LumpSumStudy):
        if form not in ("", LUMP_SUM):
            raise UserError(
                f"{{form}} {form}: lumpsum rekent alleen het vaste budget (taakgericht) door; gebruik compare.",
                f"{{form}} {form}: lumpsum computes the lump sum (taakgericht) alone; use compare.",
                exit_code=2,
                arguments=["form"],
            )
    elif form == TODAY and outcome.mix is None:
        same = outcome.case.lots[0].payment_form
        raise UserError(
            f"{{form}} {TODAY}: alle percelen worden nu op dezelfde manier betaald; kies {same}.",
            f"{{form}} {TODAY}: all lots are paid in the same way today; choose {same}.",
            exit_code=2,
            arguments=["form"],
        )


def _papers(basis: Basis) -> Iterator[PaperText]:
    """Name, what it says of itself, and content of every paper."""
    said = basis.texts.sections
    title = basis.case.title.get(basis.texts.lang, basis.case.name)
    for code, name in council_files(basis).items():
        proposal = CouncilProposal(basis, code)
        yield PaperText(name, basis.about("council", proposal.place), proposal.blocks())
    advice = basis.about("executive", title)
    yield PaperText(said["executive"]["file"], advice, ExecutiveAdvice(basis).blocks())
    annex = basis.about("secret", title, said["secret"]["mark"])
    yield PaperText(said["secret"]["file"], annex, SecretAnnex(basis).blocks())
    if basis.lump_sum and basis.outcome.lumpsum.design.feasible:
        yield PaperText(said["contract"]["file"], contract_about(basis), contract_paper(basis))
    yield PaperText(said["grounds"]["file"], basis.about("grounds", title), Grounds(basis).blocks())
    if basis.case.policy.joint_arrangement:
        yield PaperText(said["board"]["file"], basis.about("board", title), BoardProposal(basis).blocks())


def council_files(basis: Basis) -> dict[str, str]:
    """The name of the file of every council's proposal, by municipality; with its code where two have one name."""
    names = {code: file_name(basis.names[code]) for code in basis.case.reported_codes}
    times = Counter(names.values())
    kind = basis.texts["council", "file"]
    return {
        code: f"{kind}-{name}"
        if name and times[name] == 1
        else f"{kind}-{name}-{file_name(code)}".replace("--", "-")
        for code, name in names.items()
    }


def file_name(place: str) -> str:
    """The name of a municipality as a part of the name of a file.

    >>> file_name("Súdwest-Fryslân"), file_name("'s-Hertogenbosch"), file_name("../x")
    ('sudwest-fryslan', 's-hertogenbosch', 'x')
    """
    plain = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-")


def _missing(word: WordPapers) -> list[Note]:
    """Which styles a template lacks, in one sentence."""
    if not word.missing:
        return []
    listed = ", ".join(word.missing)
    return [
        {
            "nl": f"Stijlen die in het sjabloon ontbreken: {listed}; daarvoor is de opmaak van het programma gebruikt.",
            "en": f"Styles that the template lacks: {listed}; the program's own look was used for them.",
        }
    ]
