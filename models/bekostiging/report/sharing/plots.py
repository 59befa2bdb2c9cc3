"""The figure of sharing between municipalities: what every key changes for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.style import INK, PALE, error_bar, error_handle, house_axes, mark_example, numbered
from bekostiging.report.kit.texts import Texts
from bekostiging.sharing import KeyResult
from bekostiging.studies import IN_FORCE, SharingStudy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MARKERS, SHADES = "osD^v<>Pp*", ("#1b3a5c", "#b3541e", "#3f7f6c", "#8a8d91", "#c79a2b")
FAR = "residence"
TABLES = ("offers", "contracts", "demand", "municipalities")
"""What the figure is made of."""


def key_name(study: SharingStudy, key: str, texts: Texts) -> str:
    """A key in words."""
    text = texts["sharing", key]
    return text.format(share=texts.numbers.percent(study.case.policy.solidarity())) if key == "dial" else text


@kinds_checked
def plot_key_changes(study: SharingStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """What every sharing key changes in the expected payment of each municipality, as a part of what it pays today.

    The key ``residence`` is left out: its changes are so large that those of the other keys could not be seen.

    Parameters
    ----------
    study
        What ``study_sharing`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Change in per cent along x; a row per municipality, a marker per key that changes anything.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_sharing(read_case("almere"))  # doctest: +SKIP
    >>> plot_key_changes(study, lang="en")  # doctest: +SKIP
    """
    texts = Texts(lang)
    keys, names, codes = _drawn_keys(study), names_of(study.case, texts.lang), study.data.municipalities
    with house_axes(ax, changes_size(study)) as axes:
        axes.axvline(0, color=PALE, zorder=0)
        for k, key in enumerate(keys):
            change = [
                100 * one.change.value / now.expected.value
                for one, now in zip(study.keys[key], study.keys[IN_FORCE], strict=True)
            ]
            place = [m + 0.6 * (k / max(1, len(keys) - 1) - 0.5) for m in range(len(codes))]
            colour, marker = SHADES[k % len(SHADES)], MARKERS[k % len(MARKERS)]
            axes.plot(change, place, marker, ms=5, color=colour, label=key_name(study, key, texts))
            for one, now, at in zip(study.keys[key], study.keys[IN_FORCE], place, strict=True):
                error_bar(axes, one.change, at, now.expected.value / 100)
        axes.set_yticks(range(len(codes)), [names[code] for code in codes])
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        numbered(axes.xaxis, texts)
        axes.set_xlabel(texts["sharing", "axis"])
        if keys:
            handles = [*axes.get_legend_handles_labels()[0], error_handle(texts)]
            axes.legend(handles=handles, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
        mark_example(axes, study.case, TABLES, texts)
    return axes


def _drawn_keys(study: SharingStudy) -> list[str]:
    """Keys under which somebody pays something else than today."""
    return [key for key in study.keys if key not in (IN_FORCE, FAR) and _moves(study.keys[key])]


def changes_size(study: SharingStudy) -> tuple[float, float]:
    """Width and height in inches: every key fits beside every municipality."""
    return 7.2, 0.9 + 0.28 * study.data.n_players * max(1.0, len(_drawn_keys(study)) / 5)


def _moves(results: tuple[KeyResult, ...]) -> bool:
    """Whether anybody pays something else than today."""
    return any(abs(one.change.value) >= 1 for one in results)


def changes_caption(study: SharingStudy, texts: Texts) -> str:
    """What to see in the figure, in one sentence: the largest change that it draws."""
    names, codes = names_of(study.case, texts.lang), study.data.municipalities
    drawn = [
        (one.change.value / now.expected.value, code, key)
        for key in _drawn_keys(study)
        for code, one, now in zip(codes, study.keys[key], study.keys[IN_FORCE], strict=True)
    ]
    if not drawn:
        return texts["captions", "key_changes_none"]
    change, code, key = max(drawn, key=lambda one: abs(one[0]))
    return texts["captions", "key_changes"].format(
        municipality=names[code], key=key_name(study, key, texts), change=texts.numbers.signed_percent(change, 1)
    )
