"""Preview of a rule: what it would have done over the last hours, from the points that are kept. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from alert_svc.book import Rule
from alert_svc.drafts import moment
from alert_svc.engine import Engine
from alert_svc.minutes import Singles
from alert_svc.replay import Changed, Track, alive_times, replay, track_of
from alert_svc.series import MINUTE
from alert_svc.state import ACTIVE, single
from alert_svc.wording import title_of
from shared.contracts.alerts.preview import PreviewFiring, PreviewSeries, PreviewSpan, PreviewSuggestion
from shared.contracts.alerts.rules import AlertState

MOST_SHOWN = 8
MOST_SPANS = 2000
MOST_FIRINGS = 500
TRIES = 4


class Past(Struct, frozen=True):
    """One series over the span: values as evaluation takes them, and one a minute as they are drawn."""

    title: str
    labels: Mapping[str, str]
    track: Track
    drawn: Singles
    minutes: Sequence[int]


class Fired(Struct, frozen=True):
    """From firing to resolved; open when it never was."""

    past: Past
    from_at: float
    to_at: float | None
    peak: float


class Live(Struct, frozen=True):
    """What really happened: an incident's span and series."""

    series: str
    incident_id: str
    from_at: datetime
    to_at: datetime | None


def read_past(engine: Engine, rule: Rule, hours: int) -> list[Past]:
    """Every series that the rule matches, as it is kept."""
    store = engine.store
    rows = sorted(store.by_metric.get(rule.spec.metric, ()))
    if not rows:
        return []
    minutes = hours * 60
    alive = alive_times(store.points(rows[0], minutes)[0], store.alive(rows, minutes))
    found = []
    for row in rows:
        info = store.info(row)
        if rule.matches(info.labels):
            points = store.points(row, minutes)
            counts = store.points(info.count_row, minutes)[1] if info.count_row >= 0 else None
            track = track_of(points, counts, rule.terms, float(store.fresh_seconds[row]), alive)
            drawn = _drawn(rule, points[1], points[2])
            found.append(Past(title_of(info.labels, rule.spec.name), info.labels, track, drawn, points[0].tolist()))
    return found


def _drawn(rule: Rule, last: Singles, extreme: Singles) -> Singles:
    """Of each minute the value that is worst for the rule."""
    if rule.terms.operator in ("<", "<="):
        return np.fmin(last, extreme)
    return np.fmax(last, extreme) if rule.terms.operator in (">", ">=") else last


def run(rule: Rule, past: Sequence[Past], since: float, until: float) -> list[tuple[Past, Changed]]:
    return [(each, replay(rule.terms, each.track, since, until)) for each in past]


def spans(found: Sequence[tuple[Past, Changed]]) -> list[PreviewSpan]:
    """Every span in which a series was pending, firing, recovering or without data, oldest first."""
    all_spans: list[PreviewSpan] = []
    for past, changes in found:
        state: AlertState = "inactive"
        since = 0.0
        for change, _ in changes:
            if change.to_state != state and state not in ("inactive", "resolved"):
                all_spans.append(_span(past, state, since, change.at))
            if change.to_state != state:
                state, since = change.to_state, change.at
        if state not in ("inactive", "resolved"):
            all_spans.append(_span(past, state, since, None))
    lasting = [each for each in all_spans if each.from_at != each.to_at]
    return sorted(lasting, key=lambda each: each.from_at)[-MOST_SPANS:]


def firings(rule: Rule, found: Sequence[tuple[Past, Changed]]) -> list[Fired]:
    """Newest first."""
    all_fired: list[Fired] = []
    for past, changes in found:
        since: float | None = None
        for change, _ in changes:
            if change.kind == "fired":
                since = change.at
            elif since is not None and change.to_state not in ACTIVE:
                all_fired.append(Fired(past, since, change.at, _peak(rule, past, since, change.at)))
                since = None
        if since is not None:
            all_fired.append(Fired(past, since, None, _peak(rule, past, since, math.inf)))
    return sorted(all_fired, key=lambda each: each.from_at, reverse=True)


def suggest(
    rule: Rule, past: Sequence[Past], fired: Sequence[Fired], since: float, until: float
) -> PreviewSuggestion | None:
    """A threshold just beyond the mildest firings, at which the rule would have fired less often, and yet fired."""
    if len(fired) < 2 or rule.terms.operator not in (">", ">=", "<", "<="):
        return None
    upward = rule.terms.operator in (">", ">=")
    peaks = sorted({each.peak for each in fired}, reverse=not upward)
    for peak in peaks[:TRIES]:
        threshold = _beyond(peak, upward)
        terms = replace(rule.terms, threshold=single(threshold))
        if rule.spec.recovery_threshold is None:
            terms = replace(terms, recovery_threshold=single(threshold))
        again = replace(rule, terms=terms)
        count = len(firings(again, run(again, past, since, until)))
        if 0 < count < len(fired):
            return PreviewSuggestion(threshold=threshold, fired=count)
    return None


def shown_series(rule: Rule, past: Sequence[Past], fired: Sequence[Fired]) -> list[PreviewSeries]:
    """The worst few: those that fired most, then those that came nearest."""
    times = {id(each.past): 0 for each in fired}
    for each in fired:
        times[id(each.past)] += 1
    worst = sorted(past, key=lambda each: (-times.get(id(each), 0), _nearest(rule, each)))[:MOST_SHOWN]
    return [
        PreviewSeries(
            title=each.title,
            labels=dict(each.labels),
            values=[rounded(value) if value == value else None for value in each.drawn.tolist()],
        )
        for each in worst
    ]


def insufficient(past: Sequence[Past], from_minute: int, minutes: int) -> list[PreviewSpan]:
    """Spans of more than the time that values are fresh in which a shown series has none that counts."""
    found: list[PreviewSpan] = []
    end = float((from_minute + minutes) * MINUTE)
    for each in past[:MOST_SHOWN]:
        before = float(from_minute * MINUTE)
        for at in [*each.track.at, end]:
            if at - before > each.track.fresh_seconds:
                found.append(_span(each, "no_data", before, at))
            before = at
    return found[:MOST_SPANS]


def shown_firings(
    fired: Sequence[Fired], live: Sequence[Live], until: float, key: Callable[[Past], str]
) -> list[PreviewFiring]:
    """`key`: by which a live firing knows its series."""
    return [_firing(each, live, until, key) for each in fired[:MOST_FIRINGS]]


def rounded(value: float) -> float:
    """A 32-bit number as it was meant: to seven digits."""
    return float(f"{value:.7g}")


def _firing(fired: Fired, live: Sequence[Live], until: float, key: Callable[[Past], str]) -> PreviewFiring:
    end = until if fired.to_at is None else fired.to_at
    same = key(fired.past)
    met = next(
        (
            each for each in live
            if each.series == same and each.from_at.timestamp() <= end + MINUTE
            and (each.to_at is None or each.to_at.timestamp() >= fired.from_at - MINUTE)
        ),
        None,
    )  # fmt: skip
    return PreviewFiring(
        title=fired.past.title,
        labels=dict(fired.past.labels),
        from_at=moment(fired.from_at),
        to_at=None if fired.to_at is None else moment(fired.to_at),
        seconds=end - fired.from_at,
        peak=rounded(fired.peak),
        live="did_not_fire" if met is None else "firing_now" if met.to_at is None else "also_fired",
        incident_id=met.incident_id if met else None,
    )


def _peak(rule: Rule, past: Past, from_at: float, to_at: float) -> float:
    """The worst value while it fired, and of what led to it."""
    start = from_at - rule.terms.duration
    values = [value for at, value in zip(past.track.at, past.track.values, strict=True) if start <= at <= to_at]
    if not values:
        return math.nan if not past.track.values else past.track.values[-1]
    return min(values) if rule.terms.operator in ("<", "<=") else max(values)


def _nearest(rule: Rule, past: Past) -> float:
    """How far its worst value is from the threshold; smaller is nearer."""
    known = past.drawn[~np.isnan(past.drawn)]
    if not len(known):
        return math.inf
    if rule.terms.operator in ("<", "<="):
        return float(known.min()) - rule.terms.threshold
    return rule.terms.threshold - float(known.max())


def _beyond(peak: float, upward: bool) -> float:
    """A number of two digits or so that is beyond the peak."""
    if peak == 0 or not math.isfinite(peak):
        return peak
    step = 10.0 ** (math.floor(math.log10(abs(peak))) - 1)
    number = math.floor(peak / step) + 1 if upward else math.ceil(peak / step) - 1
    return round(number * step, 10)


def _span(past: Past, state: AlertState, since: float, until: float | None) -> PreviewSpan:
    return PreviewSpan(
        title=past.title,
        labels=dict(past.labels),
        state=state,
        from_at=moment(since),
        to_at=None if until is None else moment(until),
    )
