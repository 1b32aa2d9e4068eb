"""OpenAPI 3.1, from the route tables and the contracts."""

from typing import Any, get_args

from msgspec import json

from gateway.auth.gatekeeper import CSRF_HEADER
from gateway.auth.sessions import COOKIE
from gateway.binding import Plan, plan_of
from gateway.documents.problems import PROBLEM, problem_responses, shared_responses
from gateway.documents.prose import unwrapped
from gateway.routes import ROUTES
from gateway.routes.route import Route
from shared.contracts.wire import Nothing
from shared.version import VERSION

REF = "#/components/schemas/{name}"
DESCRIPTION = (
    "Sign in with `POST /api/v1/auth/login` and repeat `csrf_token` in `X-CSRF-Token` on unsafe requests, or send an "
    "API token as `Authorization: Bearer`. Errors are `application/problem+json` (RFC 9457); 422 names every bad field "
    "at once. Times are RFC 3339 in UTC, `_ms` are milliseconds, other durations seconds, percentages 0 to 100. Reads "
    "answer an `ETag`."
)
SIGNED_IN: list[dict[str, list[str]]] = [{"session": [], "csrf": []}, {"bearer": []}]
SECURITY_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER, "description": "Only on unsafe requests"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The version the change is based on; 412 when it is not the current one",
    "schema": {"type": "string"},
    "example": '"3"',
}


def openapi() -> dict[str, Any]:
    """The whole document as plain data."""
    plans = [(route, plan_of(route)) for route in ROUTES]
    types = [route.answer.response for route in ROUTES] + [
        each for _, plan in plans for each in (plan.params, plan.body) if each
    ]
    _, schemas = json.schema_components(types, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route, plan in plans:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, plan, schemas)
    internal = {plan.params.__name__ for _, plan in plans} | {Nothing.__name__}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Belfry",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in ROUTES)],
        "paths": paths,
        "components": {
            "securitySchemes": SECURITY_SCHEMES,
            "responses": shared_responses(),
            "schemas": {
                **{name: schema for name, schema in unwrapped(schemas).items() if name not in internal},
                "Problem": PROBLEM,
            },
        },
    }


def _operation(route: Route, plan: Plan, schemas: dict[str, Any]) -> dict[str, Any]:
    who = {"public": "Anyone", "self": "Anyone signed in"}.get(route.access, f"Role {route.access}")
    operation: dict[str, Any] = {
        "operationId": route.answer.name,
        "summary": route.summary,
        "description": f"{who}.",
        "tags": [route.tag],
        "security": [] if route.access == "public" else SIGNED_IN,
        "parameters": _parameters(plan, schemas),
        "responses": {str(route.status): _success(route), **problem_responses(route, plan)},
        "x-role": route.access,
    }
    if plan.body is not None:
        operation["requestBody"] = _request_body(route, plan)
    return operation


def _parameters(plan: Plan, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    declared = schemas[plan.params.__name__]["properties"] if plan.path or plan.query else {}
    found = [{"name": name, "in": "path", "required": True, "schema": declared[name]} for name in plan.path]
    found += [{"name": name, "in": "query", "required": False, "schema": _given(declared[name])} for name in plan.query]
    return [*found, IF_MATCH] if plan.if_match else found


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """A query is left out, it is never null."""
    members: list[dict[str, Any]] = [member for member in schema.get("anyOf", []) if member != {"type": "null"}]
    if len(members) == 1:
        return members[0]
    if "enum" in schema:
        return {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return {name: value for name, value in schema.items() if not (name == "default" and value is None)}


def _request_body(route: Route, plan: Plan) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _schema(plan.body)}
    if route.example is not None:
        content["example"] = route.example
    return {"required": plan.body_required, "content": {"application/json": content}}


def _success(route: Route) -> dict[str, Any]:
    if route.status == 204:
        return {"description": "Done"}
    if route.status == 303:
        return {"description": "Sends the browser on", "headers": {"Location": {"schema": {"type": "string"}}}}
    return {"description": "Done", "content": {"application/json": {"schema": _schema(route.answer.response)}}}


def _schema(type_: Any) -> dict[str, Any]:
    """Of a Struct; of a union of Structs, those of its members, told apart by their tag."""
    if members := get_args(type_):
        tag = members[0].__struct_config__.tag_field
        return {"oneOf": [_schema(member) for member in members], "discriminator": {"propertyName": tag}}
    return {"$ref": REF.format(name=type_.__name__)}
