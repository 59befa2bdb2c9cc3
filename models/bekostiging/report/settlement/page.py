"""The folder of a settlement: overview, a statement per provider and municipality as page and Word, sheets, results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.case.rows import name_in
from bekostiging.report.kit.export import confidential_mark, write_key_list
from bekostiging.report.kit.folder import write_folder
from bekostiging.report.kit.html import template
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.paper_html import paper_page
from bekostiging.report.kit.paragraphs import Block
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import About, WordPapers
from bekostiging.report.settlement.match import BOOK, STORE, match_page, write_aggregates, write_match
from bekostiging.report.settlement.match import PAGE as MATCH
from bekostiging.report.settlement.match import WORD as MATCH_WORD
from bekostiging.report.settlement.papers import Papers
from bekostiging.report.settlement.results import settlement_results
from bekostiging.report.settlement.workbook import write_recalculation
from bekostiging.settlement import Match, Sample, YearSettlement
from bekostiging.settlement.earlier import FILE
from bekostiging.store import Aggregate

PAGE = "afrekening.html"
"""The overview."""


@kinds_checked
def write_settlement(
    settled: YearSettlement,
    folder: Path,
    *,
    lang: str = "nl",
    overwrite: bool = False,
    named: bool = False,
    word: bool = True,
    match: Match | None = None,
    sample: Sample | None = None,
    aggregates: Sequence[Aggregate] = (),
    about: Mapping[str, object] | None = None,
) -> Path:
    """Write a settlement: an overview, a statement per provider and per municipality, recalculation sheets and results.

    Parameters
    ----------
    settled : YearSettlement
        From ``settle_year``.
    folder : str or path
        Where it is to come; complete or not there.
    lang : str
        ``nl`` or ``en``.
    overwrite : bool
        Whether an earlier result may be replaced; not by default.
    named : bool
        Whether its providers bear their own names, so that a list of their numbers is written beside it.
    word : bool
        Whether every statement is written in Word too; needs python-docx (extra ``word``).
    match : Match, optional
        From ``match_year``: written on pages of its own; without it the overview has the match of the typed tables.
    sample : Sample, optional
        From ``sample_year``, with ``match``.
    aggregates : sequence of Aggregate
        What a region store added up (``settlement_aggregates``): a list with query and count, without small cells.
    about : mapping, optional
        What the manifest says beside case, settings and versions.

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    UserError
        Another language; the folder exists and may not be replaced; python-docx is not there.

    Examples
    --------
    >>> from bekostiging.settlement import example_year
    >>> folder = write_settlement(example_year(), "settled", lang="en", word=False)
    >>> sorted(file.name for file in folder.glob("afrekening*"))[:2]
    ['afrekening-aanbieder-1-narekenblad.xlsx', 'afrekening-aanbieder-1.html']
    """
    lang = checked_language("lang", lang)
    texts = Texts(lang)
    papers = Papers(settled, texts, match)
    mark = confidential_mark(settled.case, texts, named=named)

    def fill(draft: Path) -> None:
        """Every file; the manifest last."""
        links, form, writer = [], template("paper.html.j2"), WordPapers()
        for name, title, blocks in _statements(papers):
            own = _about(papers, title, mark)
            links.append((title, f"{name}.html"))
            (draft / f"{name}.html").write_text(paper_page(form, own, blocks), encoding="utf-8", newline="")
            if word:
                writer.write(draft / f"{name}.docx", own, blocks)
        for provider in _providers(settled):
            rows = settled.case.contracts
            own_contracts = [
                one for one in settled.contracts if provider in (one.provider, rows[one.contract].main_contractor)
            ]
            path = draft / f"afrekening-{_file(provider)}-narekenblad.xlsx"
            write_recalculation(papers, own_contracts, path, mark)
            links.append((f"{papers.names[provider]}: {papers.said('again')} (Excel)", path.name))
        if match is not None:
            own = _about(papers, papers.said("match"), mark)
            blocks = match_page(papers, sample)
            (draft / MATCH).write_text(paper_page(form, own, blocks), encoding="utf-8", newline="")
            if word:
                writer.write(draft / MATCH_WORD, own, blocks)
            write_match(papers, sample, draft, mark)
            links += [(papers.said("match"), MATCH), (f"{papers.said('match')} (Excel)", BOOK)]
        overview = _about(papers, papers.said("title", year=settled.year), mark)
        (draft / PAGE).write_text(
            paper_page(form, overview, papers.overview(), links), encoding="utf-8", newline=""
        )
        (draft / FILE).write_text(
            json_text(settlement_results(settled, papers.match, sample, lang)), encoding="utf-8", newline=""
        )
        if aggregates:
            write_aggregates(aggregates, draft / STORE)
        if named and settled.case.confidential:
            write_key_list(draft, settled.case)
        settings = {"year": settled.year, "status": settled.status, "drawn_up": f"{settled.today:%Y-%m-%d}"}
        own_about = {"case": settled.case.name, "disclaimer": settled.case.disclaimer, "settings": settings}
        write_manifest(draft, {**own_about, **(about or {})})

    return write_folder(folder, fill, overwrite=overwrite)


def _providers(settled: YearSettlement) -> list[str]:
    """Providers that get a statement: of their own contracts, or as main contractor."""
    rows = settled.case.contracts
    own = {one.provider for one in settled.contracts}
    own |= {rows[one.contract].main_contractor for one in settled.contracts} - {""}
    return [row.id for row in settled.case.providers if row.id in own]


def _statements(papers: Papers) -> Iterator[tuple[str, str, list[Block]]]:
    """Name of the file, title and blocks of every statement."""
    settled = papers.settled
    for provider in _providers(settled):
        title = papers.said("of_provider", year=settled.year, name=papers.names[provider])
        yield f"afrekening-{_file(provider)}", title, papers.of_provider(provider)
    for row in settled.case.municipalities:
        title = papers.said("of_municipality", year=settled.year, name=name_in(row, papers.texts.lang))
        yield f"gemeente-{_file(row.code)}", title, papers.of_municipality(row.code)


def _file(name: str) -> str:
    """A key as part of the name of a file."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)


def _about(papers: Papers, title: str, mark: str) -> About:
    """Title, subject and what stands on every page."""
    settled, lang = papers.settled, papers.texts.lang
    head = settled.case.disclaimer.get(lang, "")
    pages = papers.said("page"), papers.said("of")
    return About(title, papers.subject, lang, head, mark, pages)
