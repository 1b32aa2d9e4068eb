"""Input is accepted exactly when msgspec accepts it, and refused with every bad field at once."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Meta, Struct, UnsetType, inspect

from shared.contracts import auth
from shared.contracts.checks import CheckSpec
from shared.contracts.health import procedures as health
from shared.contracts.health.procedures import Heartbeat
from shared.contracts.health.services import ServiceSpec
from shared.faults import faults
from shared.problems import ProblemError
from shared.validate import decode, validate
from tests.fixtures.contract_values import fitting

HTTP = {"kind": "http", "url": "https://shop.example/health"}
SPEC = {"id": "shop", "checks": [HTTP]}


def messages(raw: Any, type_: Any) -> dict[str, str]:
    return {error.field: error.message for error in validate(raw, type_)[1]}


def test_a_good_input_becomes_a_struct() -> None:
    value, errors = validate(SPEC, ServiceSpec)
    assert isinstance(value, ServiceSpec)
    assert errors == []
    assert value.checks[0].url == "https://shop.example/health"  # type: ignore[union-attr]


def test_every_bad_field_is_named_at_once() -> None:
    raw = {
        "id": "Shop 1",
        "name": 5,
        "interval_seconds": 0.5,
        "timeout_second": 3,
        "failure_threshold": 21,
        "checks": [
            {"kind": "htp"},
            {"url": "https://shop.example"},
            {"kind": "http", "url": "shop.example", "method": "GETT", "headers": {"accept": 1}, "critical": "yes"},
            {"kind": "tcp", "port": 0},
        ],
        "tags": ["", 3],
        "dependencies": {},
    }
    kinds = "http, tcp, tls, dns, icmp, grpc, postgres, nats, websocket, heartbeat"
    assert messages(raw, ServiceSpec) == {
        "timeout_second": "unknown field, did you mean `timeout_seconds`?",
        "id": "must be a-z, 0-9, _ and -, at most 63 characters",
        "name": "must be text or null",
        "interval_seconds": "must be at least 1",
        "failure_threshold": "must be at most 20",
        "dependencies": "must be a list",
        "checks[0].kind": f"must be one of {kinds}, did you mean `http`?",
        "checks[1].kind": f"is missing. It must be one of {kinds}",
        "checks[2].critical": "must be true or false",
        "checks[2].url": "must be an address that starts with http:// or https://",
        "checks[2].method": "must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, did you mean `GET`?",
        "checks[2].headers.accept": "must be text",
        "checks[3].host": "is missing",
        "checks[3].port": "must be at least 1",
        "tags[0]": "must not be empty",
        "tags[1]": "must be text",
    }


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Inner(Struct, tag="inner", forbid_unknown_fields=True):
    a: int


class Sample(Struct, kw_only=True, forbid_unknown_fields=True):
    at: Annotated[datetime, Meta(tz=True)] | None = None
    ratio: Annotated[float, Meta(gt=0, lt=1)] | UnsetType = UNSET
    mode: Literal["on", "off"] | None = None
    pair: tuple[int, str] | None = None
    names: Annotated[dict[str, int], Meta(max_length=1)] = {}
    code: Annotated[str, Meta(min_length=12, pattern="^a")] | None = None
    size: Annotated[int, Meta(multiple_of=5)] = 0
    colour: Colour = Colour.RED
    ids: Annotated[list[UUID], Meta(max_length=1)] = []
    either: int | list[int] | Inner | None = None
    inner: Inner | None = None
    limit: int | Literal["none"] = 5


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"at": "yesterday"}, {"at": "must be a date and time such as 2026-03-01T12:00:00Z"}),
        ({"at": "2026-03-01T12:00:00"}, {"at": "must name its time zone, for example 2026-03-01T12:00:00Z"}),
        ({"at": 5}, {"at": "must be a date and time such as 2026-03-01T12:00:00Z or null"}),
        ({"ratio": 1}, {"ratio": "must be less than 1"}),
        ({"ratio": 0}, {"ratio": "must be more than 0"}),
        ({"ratio": None}, {"ratio": "must be a number"}),
        ({"mode": "of"}, {"mode": "must be one of off, on, did you mean `off`?"}),
        ({"mode": 3}, {"mode": "must be one of off, on"}),
        ({"pair": [1]}, {"pair": "must have 2 items"}),
        ({"pair": ["x", 2]}, {"pair[0]": "must be a whole number", "pair[1]": "must be text"}),
        ({"names": {"a": 1, "b": 2}}, {"names": "must have at most 1 entry"}),
        ({"names": {"a": None}}, {"names.a": "must be a whole number"}),
        ({"size": 3}, {"size": "must be a multiple of 5"}),
        ({"size": True}, {"size": "must be a whole number"}),
        ({"colour": "gren"}, {"colour": "must be one of red, green, did you mean `green`?"}),
        (
            {"ids": ["x", "y"]},
            {"ids": "must have at most 1 item", "ids[0]": "must be a UUID", "ids[1]": "must be a UUID"},
        ),
        ({"either": "x"}, {"either": "must be a whole number or a list or an object or null"}),
        ({"either": [1, "x"]}, {"either[1]": "must be a whole number"}),
        ({"either": {"type": "outer", "a": 1}}, {"either.type": "must be inner"}),
        ({"inner": {"": 1}}, {"inner.": "unknown field", "inner.a": "is missing"}),
        ({"limit": "no"}, {"limit": "must be one of none, did you mean `none`?"}),
        ([], {"body": "must be an object"}),
        (None, {"body": "must be an object"}),
    ],
)
def test_messages_say_what_to_do(raw: Any, expected: dict[str, str]) -> None:
    assert messages(raw, Sample) == expected


def test_one_field_may_break_several_limits() -> None:
    found = validate({"code": "bcd"}, Sample)[1]
    assert [error.message for error in found] == ["must have at least 12 characters", "must match ^a"]


def test_an_unset_field_may_be_left_out_but_not_null() -> None:
    assert validate({"service_id": "a"}, Heartbeat)[1] == []
    found = messages({"service_id": "a", "interval_seconds": None}, Heartbeat)
    assert found == {"interval_seconds": "must be a number"}


def test_the_list_of_errors_is_bounded() -> None:
    assert len(validate({**SPEC, "tags": [0] * 5_000}, ServiceSpec)[1]) == 100


# --- the same answer as msgspec, for every input Struct of the contracts ----------------------------------------

INPUTS = [rpc.request for rpc in health.RPCS] + [
    auth.Login, auth.ChangePassword, auth.CreateUser, auth.UpdateUser, auth.CreateToken, auth.AuditQuery, CheckSpec,
]  # fmt: skip

NODES = [inspect.type_info(type_) for type_ in INPUTS]
WORDS = ["id", "kind", "url", "http", "tcp", "name", "checks", "spec", "service_id", "limit", "port", "open", "x", ""]
SCALARS = st.none() | st.booleans() | st.integers(-2, 70_000) | st.floats(-2, 1e5) | st.sampled_from(WORDS)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
)


@st.composite
def near_misses(draw: st.DrawFn) -> tuple[Any, Any]:
    """A value that fits a contract, with up to three places of it replaced, removed or added to."""
    index = draw(st.integers(0, len(INPUTS) - 1))
    raw, type_ = draw(fitting(NODES[index])), INPUTS[index]
    for _ in range(draw(st.integers(0, 3))):
        raw = _damaged(draw, raw)
    return raw, type_


def _damaged(draw: st.DrawFn, raw: Any) -> Any:
    if isinstance(raw, dict) and raw and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(raw)))
        rest = {name: value for name, value in raw.items() if name != key}
        return {**rest, key: _damaged(draw, raw[key])} if draw(st.booleans()) else rest
    if isinstance(raw, dict):
        return {**raw, draw(st.sampled_from(WORDS)): draw(JSON)}
    if isinstance(raw, list) and raw:
        return [_damaged(draw, raw[0]), *raw[1:]]
    return draw(JSON)


@settings(max_examples=400, deadline=None)
@given(near_misses())
def test_accepts_exactly_what_msgspec_accepts(case: tuple[Any, Any]) -> None:
    raw, type_ = case
    try:
        expected = msgspec.convert(raw, type_)
    except msgspec.ValidationError:
        assert validate(raw, type_)[0] is None
        assert list(faults(raw, inspect.type_info(type_))), "msgspec refuses what the walk finds no fault with"
    else:
        assert validate(raw, type_) == (expected, [])
        assert list(faults(raw, inspect.type_info(type_))) == [], "the walk finds fault with what msgspec accepts"


# --- bodies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body is empty. Send a JSON object"),
        (b"{", "The body is not JSON"),
        (b"\xff", "The body is not JSON"),
        (b'{"id": "\xff"}', "The body is not UTF-8"),
        (b"[" * 100_000, "The body is nested too deeply"),
        (b'{"id": NaN}', "The body is not JSON"),
    ],
)
def test_broken_json_is_400(body: bytes, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        decode(body, ServiceSpec)
    assert caught.value.problem.status == 400
    assert caught.value.problem.detail.startswith(words)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'{"id": "a", "checks": []}', {"checks": "must not be empty"}),
        (b"[]", {"body": "must be an object"}),
        (b'{"id": 1e999, "checks": []}', {"body": "Number out of range"}),
        (
            rb'{"id": "a", "description": "a\u0000b", "checks": []}',
            {"description": "must not hold the character U+0000", "checks": "must not be empty"},
        ),
    ],
)
def test_bad_fields_are_422(body: bytes, fields: dict[str, str]) -> None:
    with pytest.raises(ProblemError) as caught:
        decode(body, ServiceSpec)
    assert caught.value.problem.status == 422
    assert {error.field: error.message for error in caught.value.problem.errors} == fields


def test_a_good_body_is_decoded() -> None:
    assert decode(msgspec.json.encode(SPEC), ServiceSpec) == validate(SPEC, ServiceSpec)[0]
    assert decode(rb'{"id":"a","description":"\\u0000","checks":[{"kind":"heartbeat"}]}', ServiceSpec).id == "a"
