"""Metrics that rules may watch: their samples, the catalogue, and the series of each."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import MEASURES_STREAM, Event

MetricName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,7}$",
        max_length=120,
        description="words of a-z, 0-9 and _, joined by dots, such as latency.p99",
    ),
]
LabelName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,62}$", description="letters, digits, _ and dots")]
LabelValue = Annotated[str, Meta(pattern=r"^[^\x00]*$", max_length=500, description="text without NUL characters")]
Labels = dict[LabelName, LabelValue]
MetricOrigin = Literal["health", "latency", "ws", "pipeline", "process", "sampled"]
"""Who measures it? `sampled`: another service, by metric.sampled or OTLP."""


class MetricSample(Struct, frozen=True, kw_only=True):
    """One value of one series. `count`: how many events it was measured from, where that means something."""

    value: float
    labels: Annotated[Labels, Meta(max_length=20)] = {}
    count: Annotated[float, Meta(ge=0)] | None = None


class MetricSampled(Event, frozen=True, kw_only=True):
    """Anyone's measurements of one metric at one moment (that of their arrival, without `at`). In the subject, dots of
    the name are `-`. `interval_seconds`: how often they come; a series that is silent for three times as long, and at
    least 150 s, has no data."""

    SUBJECT: ClassVar[str] = "belfry.v1.metric.sampled.{name}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    name: MetricName
    samples: Annotated[list[MetricSample], Meta(min_length=1, max_length=10_000)]
    at: Annotated[datetime, Meta(tz=True)] | None = None
    unit: Annotated[str, Meta(max_length=20)] = ""
    interval_seconds: Annotated[float, Meta(gt=0, le=86_400)] = 60.0


class MetricMeasured(MetricSampled, frozen=True, kw_only=True):
    """As `metric.sampled`, of the metrics that are Belfry's own (`health.`, `belfry.`): nobody else can say it."""

    SUBJECT: ClassVar[str] = "belfry.v1.metric.measured.{name}"
    STREAM: ClassVar[str] = MEASURES_STREAM


class Metric(Struct, frozen=True, kw_only=True):
    """A metric of the catalogue. `labels`: by which its series differ; `levels`: words for values, worst last (such as
    down for 2); `is_counted`: `min_samples` of a rule means something; `worse`: which way is worse, if either."""

    name: str
    title: str
    unit: str
    origin: MetricOrigin
    description: str
    labels: list[str]
    interval_seconds: float
    levels: dict[str, float]
    is_counted: bool
    worse: Literal["higher", "lower", "either"]
    series: int
    last_at: datetime | None


class MetricCatalogue(Struct, frozen=True, kw_only=True):
    metrics: list[Metric]


class MetricSeries(Struct, frozen=True, kw_only=True):
    """One series: what it is called in one line, its last value, and that of each of the last 60 minutes, oldest
    first, null without one."""

    title: str
    labels: Labels
    value: float | None
    at: datetime | None
    count: float | None
    recent: list[float | None]


class MetricSeriesList(Struct, frozen=True, kw_only=True):
    """`total`: how many match; `label_values`: what each label may be, for choosing (at most 200 each)."""

    series: list[MetricSeries]
    total: int
    unit: str
    label_values: dict[str, list[str]]
