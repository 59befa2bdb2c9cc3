"""What a caller hands over as float64 arrays: lists, series and data frames become arrays, or a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from bekostiging_solvers.typing import BoolArray, FloatArray


def vector(values: Any, name: str, labels: Sequence[str] = ()) -> FloatArray:
    """One row of numbers, (n,); ``labels`` is the order that a series with names in its index must have.

    Raises
    ------
    ValueError
        No numbers, more than one dimension, or a series whose index names others than the labels, or in another order.
    """
    if type(values) is np.ndarray and values.dtype == np.float64 and values.ndim == 1:
        own: FloatArray = values
        return own
    check_labels(values, name, labels)
    found = numbers(values, name)
    if found.ndim != 1:
        raise ValueError(f"{name} has shape {found.shape}; give one row of numbers")
    return found


def check_aligned(values: Any, name: str, other: Any, other_name: str) -> None:
    """Refuse two series or data frames whose rows have different names: they would be matched by place.

    Raises
    ------
    ValueError
        Both have an index, and they differ; or one has, and it counts in another order than the other, an array, does.
    """
    one, two = (getattr(side, "index", None) for side in (values, other))
    one, two = (None if callable(index) else index for index in (one, two))
    if values is None or other is None or (one is None and two is None):
        return
    if one is None or two is None:
        labels_of(values, name), labels_of(other, other_name)
        return
    if one.equals(two):
        return
    raise ValueError(f"{name} and {other_name} have a different index; reindex one like the other, or pass arrays")


def numbers(values: Any, name: str) -> FloatArray:
    """Numbers as float64, in any shape.

    Raises
    ------
    ValueError
        Something other than numbers: text and moments too, of which NumPy makes numbers, and masked places, of which
        it forgets that they are.
    """
    if np.iscomplexobj(values):
        raise ValueError(f"{name} holds complex numbers; give real ones")
    if np.ma.is_masked(values):
        raise ValueError(f"{name} has masked places; fill them, or leave their scenarios out everywhere")
    if isinstance(values, np.ndarray) and (
        values.dtype.kind in "USMm"
        or (values.dtype == object and any(isinstance(one, str) for one in values.flat))
    ):
        raise ValueError(f"{name} holds something other than numbers: text, or moments; convert them first")
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds something other than numbers: {error}") from None


def finite(values: Any, name: str, dimensions: int | None = None) -> FloatArray:
    """Finite numbers of at least one dimension, or of so many.

    Raises
    ------
    ValueError
        Something else, or a series that counts in another order than by place.
    """
    labels_of(values, name)
    found = numbers(values, name)
    if found.ndim == 0 or (dimensions is not None and found.ndim != dimensions):
        raise ValueError(f"{name} has shape {found.shape}; {dimensions or 'at least one'} dimension(s) are asked")
    if not np.isfinite(found).all():
        place = [int(one) for one in np.argwhere(~np.isfinite(found))[0]]
        raise ValueError(f"{name}{place} is {found[tuple(place)]}; give a finite number")
    return found


def flags(values: Any, name: str) -> BoolArray:
    """One row of yes and no, (n,); ones and zeros will do.

    Raises
    ------
    ValueError
        Anything else.
    """
    found = np.asarray(values)
    if found.dtype == np.bool_ and found.ndim == 1:
        return found
    if found.ndim != 1 or found.dtype.kind not in "iuf" or not np.isin(found, (0, 1)).all():
        raise ValueError(f"{name} has one True or False per column; it is a mask, not a list of places")
    return found.astype(np.bool_)


def sparse(values: Any, name: str) -> csr_array:
    """A matrix with one entry per place; what stands twice is added up.

    Raises
    ------
    ValueError
        No numbers, or not two dimensions.
    """
    own: csr_array = values
    if not isinstance(values, csr_array):
        found: Any = values if issparse(values) else numbers(values, name)
        if found.ndim != 2:
            raise ValueError(f"{name} has shape {found.shape}; give rows and columns")
        own = csr_array(found)
    if own.dtype != np.float64:
        own = csr_array(own.astype(np.float64))
    if not own.has_canonical_format and not own.sorted_indices().has_canonical_format:
        own = own.copy()
        own.sum_duplicates()
    return own


def check_finite(values: FloatArray, name: str, labels: Sequence[str] = (), *, but: float | None = None) -> None:
    """Refuse nan and infinity (``but``: the one that may be there), naming the first place.

    Raises
    ------
    ValueError
        With the array, the place, its name in ``labels`` if there is one, and the remedy.
    """
    right = np.isfinite(values) if but is None else np.isfinite(values) | (values == but)
    if right.all():
        return
    place = int(np.flatnonzero(~right)[0])
    label = f" ({labels[place]})" if place < len(labels) and labels[place] else ""
    allowed = "a finite number" if but is None else f"a finite number or {but}"
    raise ValueError(f"{name}[{place}]{label} is {values[place]}; give {allowed}")


def labels_of(values: Any, name: str, axis: str = "index") -> tuple[str, ...]:
    """Names in the index (or ``columns``) of a series or data frame; none where it counts from zero, or is an array.

    Raises
    ------
    ValueError
        Numbers 0 ... n - 1 in another order: read by place they would be those of others.
    """
    index = getattr(values, axis, None)
    if index is None or callable(index):
        return ()
    found = np.asarray(index)
    if found.dtype.kind not in "iu":
        return tuple(str(one) for one in found)
    counted = np.arange(len(found))
    if not np.array_equal(found, counted) and np.array_equal(np.sort(found), counted):
        raise ValueError(
            f"the {axis} of {name} is 0 ... {len(found) - 1} in another order; sort it, or pass an array"
        )
    return ()


def check_labels(values: Any, name: str, labels: Sequence[str], axis: str = "index") -> None:
    """Refuse a series or data frame whose names differ from the labels asked, or stand in another order.

    Raises
    ------
    ValueError
        Its numbers would be taken for those of others.
    """
    own = labels_of(values, name, axis)
    if own and len(labels) and own != tuple(str(one) for one in labels):
        raise ValueError(f"the {axis} of {name} differs from the names asked ({few(labels)}); reindex it")


def few(labels: Sequence[str]) -> str:
    """The first names, for a message."""
    return ", ".join(str(one) for one in labels[:3]) + (", ..." if len(labels) > 3 else "")
