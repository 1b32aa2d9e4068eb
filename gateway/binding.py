"""From an HTTP request to the request Struct of its operation, with every bad field named at once."""

import re
from collections import Counter
from functools import cache
from typing import Any

from aiohttp import web
from msgspec import NODEFAULT, Struct, defstruct, field, inspect, structs

from gateway.routes.route import Route
from shared.contracts.wire import FieldError
from shared.faults import nul_faults
from shared.problems import ProblemError, bad_request, invalid, precondition_failed, unsupported_media
from shared.validate import decode, validate

_PATH_PARAMETER = re.compile(r"{(\w+)}")
_JSON = re.compile(r"^application/(json|[\w.-]+\+json)$")
_VERSION = re.compile(r'^(W/)?"?(\d{1,15})"?$')
Converters = tuple[tuple[re.Pattern[str], Any], ...]
_SCALARS: tuple[tuple[type[inspect.Type], re.Pattern[str], Any], ...] = (
    (inspect.IntType, re.compile(r"^-?\d{1,18}$"), int),
    (inspect.FloatType, re.compile(r"^-?\d{1,18}(\.\d{1,18})?$"), float),
    (inspect.BoolType, re.compile(r"^(true|false)$"), "true".__eq__),
)


class Plan(Struct, frozen=True, kw_only=True):
    """Where each field of a request Struct comes from. `params` holds those of path and query, `texts` says what else
    than text each of them may be, `body` is a type."""

    request: type[Struct]
    path: tuple[str, ...]
    query: tuple[str, ...]
    params: type[Struct]
    texts: dict[str, Converters]
    body: Any = None
    body_field: str = ""
    body_required: bool = False
    if_match: str = ""

    @property
    def empty(self) -> bool:
        """Is there nothing to read?"""
        return not (self.path or self.query or self.body is not None or self.if_match)


def plan_of(route: Route) -> Plan:
    """Worked out once, when the table is read."""
    fields = {each.name: each for each in structs.fields(route.answer.request)}
    path = tuple(_PATH_PARAMETER.findall(route.path))
    rest = [name for name in fields if name not in (*path, route.body, route.if_match)]
    reads_body = route.method in ("POST", "PUT", "PATCH")
    query = () if reads_body else tuple(rest)
    members = rest if reads_body and not route.body else []
    required = any(fields[name].required for name in members)
    params = _part(route.answer.request, "Params", (*path, *query))
    return Plan(
        request=route.answer.request,
        path=path,
        query=query,
        params=params,
        texts={each.name: _converters(inspect.type_info(each.type)) for each in structs.fields(params)},
        body=_body_type(route, fields, members),
        body_field=route.body,
        body_required=bool(route.body) or required,
        if_match=route.if_match,
    )


def _body_type(route: Route, fields: dict[str, structs.FieldInfo], members: list[str]) -> Any:
    if route.body:
        return fields[route.body].type
    if len(members) == len(fields):  # the body is the request: its own type says what is forbidden
        return route.answer.request if members else None
    return _part(route.answer.request, "Body", tuple(members)) if members else None


@cache
def _part(request: type[Struct], suffix: str, names: tuple[str, ...]) -> type[Struct]:
    """Some fields of a Struct as a Struct of its own."""
    fields = [_declared(each) for each in structs.fields(request) if each.name in names]
    return defstruct(f"{request.__name__}{suffix}", fields, kw_only=True, frozen=True)


def _declared(each: structs.FieldInfo) -> Any:
    if each.required:
        return each.name, each.type
    if each.default_factory is not NODEFAULT:
        return each.name, each.type, field(default_factory=each.default_factory)
    return each.name, each.type, each.default


async def bind(request: web.Request, plan: Plan) -> Struct:
    """The request Struct. Raises ProblemError: 400 broken JSON, 412 If-Match, 415 media type, 422 every bad field."""
    if plan.empty and not request.query_string:
        return plan.request()
    raw = _given(request, plan)
    params, errors = validate(raw, plan.params)
    errors = [*_repeated(request), *nul_faults(raw), *errors]
    body: Any = None
    if plan.body is not None:
        try:
            body = decode(await _body_of(request, plan), plan.body)
        except ProblemError as refused:
            if refused.problem.status != 422:
                raise
            errors += refused.problem.errors
    if errors or params is None:
        raise invalid(errors)
    return _joined(request, plan, params, body)


def _joined(request: web.Request, plan: Plan, params: Struct, body: Any) -> Struct:
    values = structs.asdict(params)
    if plan.body_field:
        values[plan.body_field] = body
    elif body is not None:
        values.update(structs.asdict(body))
    if plan.if_match:
        values[plan.if_match] = _version(request.headers.get("If-Match"))
    return plan.request(**values)


def _given(request: web.Request, plan: Plan) -> dict[str, Any]:
    """Path and query as JSON values: numbers where the field takes numbers. Queries no field asks for are left out."""
    given = dict(request.match_info) | {name: request.query[name] for name in plan.query if name in request.query}
    return {name: _scalar(text, plan.texts[name]) for name, text in given.items()}


def _converters(node: inspect.Type) -> Converters:
    members = node.types if isinstance(node, inspect.UnionType) else (node,)
    kinds = {type(member.type if isinstance(member, inspect.Metadata) else member) for member in members}
    return tuple((pattern, convert) for kind, pattern, convert in _SCALARS if kind in kinds)


def _scalar(text: str, converters: Converters) -> Any:
    return next((convert(text) for pattern, convert in converters if pattern.match(text)), text)


def _repeated(request: web.Request) -> list[FieldError]:
    if not request.query_string:
        return []
    counts = Counter(name for name, _ in request.query.items())
    return [FieldError(name, "is given more than once") for name, count in counts.items() if count > 1]


async def _body_of(request: web.Request, plan: Plan) -> bytes:
    body = await request.read()
    if not body and not plan.body_required:
        return b"{}"
    if not body:
        raise bad_request("The body is empty. Send a JSON object")
    if not _JSON.match(request.content_type):
        raise unsupported_media(f"Send application/json, not {request.content_type}")
    return body


def _version(header: str | None) -> int | None:
    """The version that If-Match names; None without one. A tag that is no version matches nothing there is: 412."""
    if header is None or header.strip() == "*":
        return None
    found = _VERSION.match(header.strip())
    if found is None:
        raise precondition_failed("If-Match must hold the version of the object, as its answer gives it")
    return int(found[2])
