"""Names for the arrays that pass between functions; the docstring there tells shape and unit."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

__all__ = ["BoolArray", "ComplexArray", "Float32Array", "FloatArray", "IntArray"]
