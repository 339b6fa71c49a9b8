"""Series whose labels are closed sets, and the registry that they stand in.

Beneath `metrics`, which says what is counted; here is only how.
"""

from __future__ import annotations

__all__ = ["OTHER", "Counter", "Histogram", "Registry"]

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, product
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

OTHER: Final = "other"
"""The last label's value for whatever is not known by name."""


class Registry(CollectorRegistry):
    """A registry without the time at which each series was born.

    Those times would double the number of series and no alert reads them.
    """

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        for metric in super().collect():
            metric.samples = [
                sample
                for sample in metric.samples
                if not sample.name.endswith("_created")
            ]
            if metric.samples:
                yield metric


class Counter(Collector):
    """A counter, every series there from the start at zero.

    Counted in one thread, so without the lock that the library's own counters take.
    """

    def __init__(
        self, name: str, text: str, labels: Mapping[str, Iterable[str]]
    ) -> None:
        """:param labels: the closed set of values of each label"""
        self._name = name
        self._text = text
        self._labels = tuple(labels)
        self._counts = dict.fromkeys(product(*labels.values()), 0)

    def add(self, *values: str, count: int = 1) -> None:
        """Count something under the values of its labels.

        :raises KeyError: the first value is none that was given
        """
        if values not in self._counts:
            values = (*values[:-1], OTHER)
        self._counts[values] += count

    def count(self, *values: str) -> int:
        """How many were counted under exactly these values."""
        return self._counts[values]

    def collect(self) -> Iterator[Metric]:
        """Yield the counts as they are now."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        for values, count in self._counts.items():
            family.add_metric(values, count)
        yield family


class Histogram(Collector):
    """How often each size of something was seen, by the bounds of its buckets.

    Counted in one thread, as a `Counter` is.
    """

    def __init__(
        self,
        name: str,
        text: str,
        bounds: Sequence[float],
        labels: Mapping[str, Iterable[str]],
    ) -> None:
        """:param bounds: the most that each bucket takes, ascending; one more takes
        the rest
        :param labels: the closed set of values of each label
        """
        self._name = name
        self._text = text
        self._bounds = bounds
        self._labels = tuple(labels)
        self._counts = {
            values: [0] * (len(bounds) + 1) for values in product(*labels.values())
        }
        self._sums = dict.fromkeys(self._counts, 0.0)

    def observe(self, size: float, *values: str) -> None:
        """Count a size under the values of its labels."""
        self._counts[values][bisect_left(self._bounds, size)] += 1
        self._sums[values] += size

    def collect(self) -> Iterator[Metric]:
        """Yield the counts as they are now, each with those of all smaller sizes."""
        family = HistogramMetricFamily(self._name, self._text, labels=self._labels)
        names = [*map(floatToGoString, self._bounds), "+Inf"]
        for values, counts in self._counts.items():
            buckets = list(zip(names, accumulate(counts), strict=True))
            family.add_metric(values, buckets, self._sums[values])
        yield family
