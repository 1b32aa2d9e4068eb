"""The metrics that rules may watch, and the series of each."""

from collections.abc import Mapping

from alert_svc.catalogue import CATALOGUE, unit_of
from alert_svc.drafts import moment
from alert_svc.engine import Engine
from alert_svc.preview import rounded
from alert_svc.room import Room
from alert_svc.wording import title_of
from shared.contracts.alerts import requests
from shared.contracts.alerts.metrics import Metric, MetricCatalogue, MetricSeries, MetricSeriesList
from shared.contracts.wire import Nothing
from shared.rpc import Caller

RECENT_MINUTES = 60
MOST_LABEL_VALUES = 200


async def list_metrics(room: Room, _: Nothing, caller: Caller) -> MetricCatalogue:
    """Belfry's own, whether measured by now or not, then what others measure."""
    units = room.engine.store.units()
    names = [*CATALOGUE, *sorted(name for name in units if name not in CATALOGUE)]
    return MetricCatalogue(metrics=[_metric(room.engine, name, units.get(name, "")) for name in names])


async def list_series(room: Room, request: requests.SeriesQuery, caller: Caller) -> MetricSeriesList:
    store = room.engine.store
    words = request.search.casefold().split()
    titled = [
        (title, row)
        for row in store.by_metric.get(request.metric, ())
        for title in [title_of(store.info(row).labels, request.metric)]
        if all(word in f"{title} {store.info(row).key}".casefold() for word in words)
    ]
    titled.sort(key=lambda each: each[0].casefold())
    values: dict[str, set[str]] = {}
    for _, row in titled:
        for name, value in store.info(row).labels.items():
            values.setdefault(name, set()).add(value)
    return MetricSeriesList(
        series=[_series(room.engine, title, row) for title, row in titled[: request.limit]],
        total=len(titled),
        unit=unit_of(request.metric, store.units().get(request.metric, "")),
        label_values={name: sorted(found)[:MOST_LABEL_VALUES] for name, found in sorted(values.items())},
    )


def _metric(engine: Engine, name: str, unit: str) -> Metric:
    known, store = CATALOGUE.get(name), engine.store
    rows = store.by_metric.get(name, set())
    last_at = max((float(store.at[row]) for row in rows), default=float("-inf"))
    labels = sorted({label for row in list(rows)[:MOST_LABEL_VALUES] for label in store.info(row).labels})
    levels: Mapping[str, float] = known.levels if known else {}
    return Metric(
        name=name,
        title=known.title if known else name,
        unit=unit_of(name, unit),
        origin=known.origin if known else "sampled",
        description=known.description if known else "",
        labels=list(known.labels) if known else labels,
        interval_seconds=_interval(engine, rows) or (known.interval_seconds if known else 60.0),
        levels=dict(levels),
        is_counted=known.is_counted if known else any(store.info(row).count_row >= 0 for row in rows),
        worse=known.worse if known else "either",  # type: ignore[arg-type]
        series=len(rows),
        last_at=moment(last_at) if rows and last_at > 0 else None,
    )


def _interval(engine: Engine, rows: set[int]) -> float | None:
    return max((engine.store.info(row).interval_seconds for row in rows), default=None)


def _series(engine: Engine, title: str, row: int) -> MetricSeries:
    store = engine.store
    info, value = store.info(row), float(store.value[row])
    count = float(store.value[info.count_row]) if info.count_row >= 0 else None
    recent = store.points(row, RECENT_MINUTES)[1].tolist()
    return MetricSeries(
        title=title,
        labels=info.labels,
        value=rounded(value) if value == value else None,
        at=moment(float(store.at[row])) if store.at[row] > 0 else None,
        count=count if count == count else None,
        recent=[rounded(each) if each == each else None for each in recent],
    )
