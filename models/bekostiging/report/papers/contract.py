"""The draft text of the contract as a paper of its own: without amounts, since every provider gets its own alone."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.report.kit.paragraphs import Block, Heading, Paragraph
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import About
from bekostiging.report.lumpsum.contract_text import ContractText
from bekostiging.report.papers.basis import Basis


def contract_about(basis: Basis) -> About:
    """What the paper says of itself, in the language of the contract."""
    dutch = Texts("nl")
    return replace(basis, texts=dutch).about("contract", basis.case.title.get("nl", basis.case.name))


def contract_paper(basis: Basis) -> list[Block]:
    """The articles, and where the amounts come."""
    contract = ContractText(basis.case, basis.outcome.lumpsum.data, basis.outcome.lumpsum.design)
    said = contract.said
    blocks: list[Block] = [Paragraph(said["warning"], remark=True)]
    if basis.outcome.lumpsum.outcome != "designed":
        blocks.append(Paragraph(said["not_yet"], remark=True))
    for number, article in enumerate(contract.articles(), start=1):
        blocks.append(Heading(said["article"].format(n=number, title=article.title)))
        blocks += [Paragraph(text) for text in contract.paragraphs(article)]
    return [*blocks, Heading(said["annex"]), Paragraph(said["annex_text"])]
