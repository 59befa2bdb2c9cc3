"""Does the case make sense, and which of its numbers matter most: remarks by euros, and the inputs that move the budget."""

from bekostiging.evaluation.sense.check import SENSE_CHECKS, sense_check
from bekostiging.evaluation.sense.from_store import store_remarks
from bekostiging.evaluation.sense.influence import Influence, influences
from bekostiging.evaluation.sense.remark import Remark

__all__ = ["SENSE_CHECKS", "Influence", "Remark", "influences", "sense_check", "store_remarks"]
