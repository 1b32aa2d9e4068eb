"""How OpenAPI shows what can go wrong: one row a status, and when it applies."""

from collections.abc import Callable
from typing import Any

from gateway.binding import Plan
from gateway.routes.route import Route

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "An RFC 9457 problem. Further members stand beside these, for example `service` with a 503.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "retry_after_seconds": {"type": "integer"},
        "errors": {
            "type": "array",
            "description": "Every bad field of the input",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "fix": {"type": ["string", "number"], "description": "A value that would do"},
                },
                "required": ["field", "message"],
            },
        },
    },
    "required": ["title", "status"],
}

RESPONSES = "#/components/responses/"

Applies = Callable[[Route, Plan], bool]


def _always(route: Route, plan: Plan) -> bool:
    return True


def _reads_body(route: Route, plan: Plan) -> bool:
    return plan.body is not None


def _takes_input(route: Route, plan: Plan) -> bool:
    return bool(plan.path or plan.query or plan.body is not None)


def _has_path(route: Route, plan: Plan) -> bool:
    return bool(plan.path)


def _signed_in(route: Route, plan: Plan) -> bool:
    return route.access != "public"


def _changes(route: Route, plan: Plan) -> bool:
    return route.unsafe


def _tries_password(route: Route, plan: Plan) -> bool:
    return route.answer.name in ("sign_in", "change_password")


def _may_be_refused(route: Route, plan: Plan) -> bool:
    return _signed_in(route, plan) or route.unsafe


def _names_someone(route: Route, plan: Plan) -> bool:
    return _signed_in(route, plan) or _tries_password(route, plan)


def _has_version(route: Route, plan: Plan) -> bool:
    return bool(plan.if_match)


def _has_base(route: Route, plan: Plan) -> bool:
    return bool(plan.if_match) and "base_revision" in plan.request.__struct_fields__


ROLE_EXAMPLE = {"title": "Not allowed", "detail": "Needs the admin role", "code": "role"}
FIELDS_EXAMPLE = {
    "title": "Invalid input",
    "detail": "1 field to fix",
    "errors": [{"field": "interval_seconds", "message": "must be at least 1"}],
}
BASE_EXAMPLE = {"title": "Precondition required", "detail": "Name the revision: base_revision or If-Match"}
TRIES_EXAMPLE = {"title": "Too many requests", "detail": "Too many tries to sign in", "retry_after_seconds": 28}
AWAY_EXAMPLE = {"title": "Service unavailable", "detail": "No instance answers", "service": "health_svc"}

# status, when it may come, what it means, an example
STATUSES: tuple[tuple[int, Applies, str, dict[str, Any]], ...] = (
    (400, _reads_body, "The body is not JSON", {"title": "Bad request", "detail": "The body is empty. Send JSON"}),
    (401, _names_someone, "Nobody is signed in", {"title": "Sign-in needed", "detail": "The token was revoked"}),
    (403, _may_be_refused, "The role is too low, or another site's page asks", ROLE_EXAMPLE),
    (404, _has_path, "There is no such object", {"title": "Not found", "detail": "There is no service orders"}),
    (409, _changes, "It does not fit what is there", {"title": "Conflict", "detail": "There is a service orders"}),
    (412, _has_version, "Changed since it was read", {"title": "Changed since you read it", "detail": "Now version 4"}),
    (413, _reads_body, "The body is too large", {"title": "Too large", "detail": "At most 1048576 bytes"}),
    (415, _reads_body, "The body is of another type", {"title": "Unsupported media type", "detail": "Send JSON"}),
    (422, _takes_input, "Bad fields, all of them", FIELDS_EXAMPLE),
    (428, _has_base, "Neither the header nor the member that names the version", BASE_EXAMPLE),
    (429, _tries_password, "Too many tries", TRIES_EXAMPLE),
    (503, _always, "A service behind the gateway does not answer; `service` names it", AWAY_EXAMPLE),
)


def problem_responses(route: Route, plan: Plan) -> dict[str, Any]:
    """The answers an operation may give when it cannot do as asked, by status."""
    statuses = [str(status) for status, applies, _, _ in STATUSES if applies(route, plan)]
    return {status: {"$ref": f"{RESPONSES}Problem{status}"} for status in statuses} | {
        "default": {"$ref": f"{RESPONSES}Problem"}
    }


def shared_responses() -> dict[str, Any]:
    """What `problem_responses` refers to."""
    found = {f"Problem{status}": _response(status, words, example) for status, _, words, example in STATUSES}
    return {**found, "Problem": _response(0, "Any other problem", {})}


def _response(status: int, words: str, example: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if example:
        content["example"] = {"type": "about:blank", "status": status, **example}
    response: dict[str, Any] = {"description": words, "content": {"application/problem+json": content}}
    if status == 429:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
    return response
