"""When nobody is told: silences, which end by themselves, and mute timings, which come again."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.alerts.rules import AlertName, Matcher, Note, RuleSource
from shared.contracts.wire import Id

Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="a time such as 09:30, or 24:00")]
WeekDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Moment = Annotated[datetime, Meta(tz=True)]


class SilenceSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be quiet, why, and until when: alerts of these rules (or of all) whose labels match. At least one of
    `rule_ids` and `matchers` is needed. Starts now without `starts_at`."""

    ends_at: Moment
    starts_at: Moment | None = None
    rule_ids: Annotated[list[Id], Meta(max_length=50)] = []
    matchers: Annotated[list[Matcher], Meta(max_length=20)] = []
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Silence(Struct, frozen=True, kw_only=True):
    """`holding`: the open incidents it holds back now."""

    id: str
    rule_ids: list[str]
    matchers: list[Matcher]
    reason: str
    starts_at: datetime
    ends_at: datetime
    state: Literal["planned", "active", "ended"]
    created_by: str
    created_at: datetime
    ended_by: str | None
    holding: list[str]


class Silences(Struct, frozen=True, kw_only=True):
    silences: list[Silence]


class TimeSpan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a time of day up to another one; past midnight when `until` is not later than `from_time`."""

    from_time: Clock = "00:00"
    until: Clock = "24:00"
    days: Annotated[list[WeekDay], Meta(max_length=7)] = []
    months: Annotated[list[Annotated[int, Meta(ge=1, le=12)]], Meta(max_length=12)] = []
    days_of_month: Annotated[list[Annotated[int, Meta(ge=-31, le=31)]], Meta(max_length=62)] = []


class MuteTimingSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Spans in which the rules that name it tell nobody, by the clock of `time_zone`. Empty lists mean any."""

    name: AlertName
    time_zone: Annotated[str, Meta(max_length=64)] = "UTC"
    spans: Annotated[list[TimeSpan], Meta(min_length=1, max_length=50)]
    id: Id | None = None
    note: Note = ""


class MuteTiming(Struct, frozen=True, kw_only=True):
    """`active_until`: when the span that is running ends; `used_by`: the rules that name it."""

    id: str
    name: str
    time_zone: str
    spans: list[TimeSpan]
    note: str
    active_until: datetime | None
    used_by: list[str]
    version: int
    source: RuleSource


class MuteTimings(Struct, frozen=True, kw_only=True):
    mute_timings: list[MuteTiming]
