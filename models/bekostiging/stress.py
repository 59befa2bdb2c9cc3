"""Former name of ``bekostiging.studies`` and ``bekostiging.evaluation``; it goes with version 2.0."""

from bekostiging.former import former_names

__getattr__ = former_names(__name__)
