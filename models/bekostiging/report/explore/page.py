"""Writes ``verken.html``: one file that settles by itself, opens from a file system and connects nowhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from bekostiging.case import Case, UserError, packed_case
from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.characters import visible
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.figures import LOWEST_CASH_WEEKS
from bekostiging.evaluation.what_if import RANGES, DesignedLot, designed_setting
from bekostiging.report.explore.packing import PackedPage, packed_page
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy
from bekostiging.studies.choices_file import FORMAT, MOST_BYTES, VERSION
from bekostiging.studies.exploration import Exploration, explore

PAGE = "verken.html"
MODULES = ("kernel.js", "figures.js", "state.js", "plots.js", "controls.js", "outputs.js", "page.js")
"""In the order in which one uses the other."""
_IMPORTS = re.compile(r"^import\s[^;]*;\n", re.MULTILINE)
_EXPORTS = re.compile(r"^export ", re.MULTILINE)


@kinds_checked
def write_explore(
    study: Comparison | LumpSumStudy, folder: Path, lang: str = "nl", provider: str | None = None
) -> Path:
    """Write the what-if page of a comparison or a lump sum: one self-contained file.

    Parameters
    ----------
    study
        What ``compare`` or ``study_lumpsum`` returns; its scenarios are drawn again.
    folder
        Where the page is to come.
    lang
        ``"nl"`` or ``"en"``.
    provider
        Id or name of a provider: the page holds that one's own result, cash and buffer alone.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    UserError
        Another language; a provider that has no contract.

    Examples
    --------
    Not executed: a comparison takes a minute.

    >>> write_explore(compare(read_case("almere")), Path("results"), "en")  # doctest: +SKIP
    """
    texts = Texts(checked_language("lang", lang))
    own = None if provider is None else provider_id(study.case, provider, study.case)
    found = explore(study)
    path = folder / PAGE
    path.write_text(explore_page(study, found, texts, own), encoding="utf-8", newline="")
    return path


def provider_id(brought: Case, asked: str, shown: Case) -> str:
    """The id in the case as ``shown`` of the provider with this id or name, there or as it was ``brought``.

    Raises
    ------
    UserError
        There is none.
    """
    contracted = {row.provider for row in shown.contracts}
    pairs = [
        (there, here)
        for there, here in zip(brought.providers, shown.providers, strict=True)
        if here.id in contracted
    ]
    for there, here in pairs:
        if asked in (there.id, there.name, here.id, here.name):
            return here.id
    known = {here.id: here.name for _, here in pairs}
    listed = ", ".join(f"{own} ({name})" if name != own else own for own, name in known.items())
    raise UserError(
        f"--for {asked}: deze aanbieder heeft hier geen contract; kies uit {listed}",
        f"--for {asked}: this provider has no contract here; choose one of {listed}",
        exit_code=2,
    )


def explore_page(study: Comparison | LumpSumStudy, found: Exploration, texts: Texts, provider: str | None) -> str:
    """The page as HTML; ``provider``: with that one's figures alone."""
    packed = packed_page(found, provider=provider, lang=texts.lang)
    style, script = _own("style.css"), bundle()
    data = json.dumps(page_data(found, packed, texts, provider), ensure_ascii=True, separators=(",", ":"))
    case, t = found.case, texts.sections["explore"]
    command = "bekostiging compare --choices keuze.json"
    intro = t["intro"] if provider is None else t["intro_provider"]
    counted = texts.numbers.plain(found.n_scenarios)
    title = case.title.get(texts.lang, case.name)
    if provider is not None:
        title = f"{names_of(case, texts.lang)[provider]}, {title}"
    return template("explore.html.j2").render(
        lang=texts.lang,
        t=t,
        title=title,
        provider=provider,
        disclaimer=case.disclaimer.get(texts.lang, ""),
        confidential=confidential_mark(case, texts, named=study.named),
        intro=intro.format(n=counted, years=found.n_years, command=command),
        made=t["made"].format(version=version("bekostiging"), seed=found.seed),
        cash="" if provider is None else _cash(study, provider, texts),
        limits=_limits(study, found, packed, texts, provider),
        policy=policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(data.replace("<", "\\u003c").replace("&", "\\u0026")),
        scenarios=Markup(packed.text),
    )


def page_data(found: Exploration, packed: PackedPage, texts: Texts, provider: str | None) -> dict[str, Any]:
    """What the script reads: the model, the design, ranges, texts."""
    case, names = found.case, names_of(found.case, texts.lang)
    forms = list(found.contracts)
    general = {lot.id for lot in case.lots if lot.general_provision}
    lots = [lot["id"] for lot in packed.model["lots"]]
    design = asdict(designed_setting(case, LUMP_SUM))
    design["lots"] = {lot: design["lots"][lot] | found.started.get(lot, {}) for lot in lots}
    main = {row.main_contractor for row in case.contracts if row.main_contractor}
    contracted = {row.provider for row in case.contracts}
    alone = {
        row.provider for row in case.contracts if len({o.provider for o in case.contracts if o.lot == row.lot}) < 2
    }
    removable = [] if provider else [row.id for row in case.providers if row.id in contracted - main - alone]
    return {
        "model": _shown(packed.model),
        "lang": texts.lang,
        "texts": texts.sections["explore"],
        "case": case.name,
        "fingerprint": fingerprint_of(case),
        "format": FORMAT,
        "version": VERSION,
        "most_bytes": MOST_BYTES,
        "design": design,
        "designed": {lot: _designed(found.designed[lot]) for lot in lots},
        "ranges": {name: list(both) for name, both in RANGES.items()},
        "forms": {form: texts["forms", form] for form in forms},
        "lot_forms": {lot: [LUMP_SUM] if lot in general else forms for lot in lots},
        "lump_forms": [form for form in forms if PAYMENT_FORMS[form].lump_sum],
        "providers": removable,
        "lot_providers": {lot: [row.provider for row in case.contracts if row.lot == lot] for lot in lots}
        if provider is None
        else {},
        "removable": [{"id": one, "name": visible(names[one])} for one in removable],
        "municipalities": [one["code"] for one in packed.model["municipalities"]],
        "provider": provider,
    }


def _designed(own: DesignedLot) -> dict[str, Any]:
    """The lump sum of a lot that budgets on the page are a part of."""
    corridor = own.corridor
    layers = zip(corridor.names, corridor.lower, corridor.upper, corridor.sign, corridor.share, strict=True)
    return {
        "loading": own.loading,
        "layers": [
            {
                "name": name,
                "lower": float(lower),
                "upper": None if np.isinf(upper) else float(upper),
                "sign": float(sign),
                "share": float(share),
            }
            for name, lower, upper, sign, share in layers
        ],
    }


def _shown(model: dict[str, Any]) -> dict[str, Any]:
    """The model with names as a page shows them."""
    shown = {
        key: [own | {"name": visible(own["name"])} for own in model[key]]
        for key in ("lots", "providers", "municipalities")
    }
    return model | shown


def fingerprint_of(case: Case) -> str:
    """Of the case, so that a choice made on other figures is recognised."""
    return hashlib.sha256(packed_case(case)).hexdigest()[:16]


def bundle() -> str:
    """The modules as one script without imports."""
    parts = [_EXPORTS.sub("", _IMPORTS.sub("", _own(name))) for name in MODULES]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def policy(style: str, script: str) -> str:
    """The content-security-policy: this style and this script, nothing else, and no connection."""
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def _own(name: str) -> str:
    return (files("bekostiging.report.explore") / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _limits(
    study: Comparison | LumpSumStudy, found: Exploration, packed: PackedPage, texts: Texts, provider: str | None
) -> list[str]:
    """What the page can and cannot do, in sentences."""
    t, names = texts.sections["explore"], names_of(found.case, texts.lang)
    told = [t["limit_error"], t["limit_rounding"].format(euro=texts.numbers.plain(packed.rounding))]
    if found.fewer:
        told.append(t["limit_fewer"].format(n=texts.numbers.plain(found.n_scenarios)))
    if not study.lumpsum.design.feasible or study.lumpsum.design.breaches:
        told.append(t["limit_undesigned"])
    told += [t["limit_everybody"], t["limit_keys"]]
    for key, rows in (
        ("limit_left_out", found.left_out(alone=provider is not None)),
        ("limit_as_computed", found.as_computed()),
    ):
        for lot, clause in dict.fromkeys((lot, clause) for _, lot, clause in rows):
            own = dict.fromkeys(one for one, *about in rows if about == [lot, clause] and provider in (None, one))
            if own:
                told.append(
                    t[key].format(
                        lot=names[lot],
                        clause=texts["clauses", clause],
                        providers=_listed(names[one] for one in own),
                    )
                )
    return told


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _cash(study: Comparison | LumpSumStudy, provider: str, texts: Texts) -> str:
    """The lowest cash of a provider under the design; that it stands elsewhere where the study did not settle it."""
    if not isinstance(study, Comparison):
        return texts["explore", "no_cash"]
    own = study.forms[LUMP_SUM].providers[provider][LOWEST_CASH_WEEKS]
    weeks = texts.numbers.plain(own.value, 1)
    return texts["explore", "cash"].format(weeks=weeks)
