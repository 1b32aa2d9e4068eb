"""The pipeline: everything under /api/v1/admin/middleware."""

from typing import Any

from gateway.routes.route import Before, Route
from shared.contracts.pipeline import procedures as pipeline
from shared.contracts.pipeline.procedures import ValidateChange

_AT = "/api/v1/admin/middleware"
_PIPELINE = f"{_AT}/pipeline"
_STEP = f"{_AT}/{{middleware_id}}"

EXAMPLE_ORDER = {"order": ["request_id", "access_log", "errors", "auth"], "base_revision": 42, "comment": "Log first"}


def _order(found: Any, _: dict[str, str]) -> Any:
    return {"revision": found["revision"], "order": [step["id"] for step in found["steps"]]}


def _step(found: Any, _: dict[str, str]) -> Any:
    return {name: found["step"][name] for name in ("enabled", "settings", "version")}


def _tried_order(given: pipeline.UpdateOrder) -> ValidateChange:
    return ValidateChange(order=given.order)


def _tried_step(given: pipeline.UpdateMiddleware) -> ValidateChange:
    change = pipeline.StepChange(id=given.middleware_id, enabled=given.enabled, settings=given.settings)
    return ValidateChange(steps=[change])


def _tried_revision(given: pipeline.Rollback) -> ValidateChange:
    return ValidateChange(to_revision=given.to_revision)


def _tried_as_saved(given: pipeline.RevisionRef) -> ValidateChange:
    return ValidateChange()


_ORDER_BEFORE = Before(pipeline.GET_PIPELINE, _order)
_STEP_BEFORE = Before(pipeline.GET_MIDDLEWARE, _step)

PIPELINE: tuple[Route, ...] = (
    Route("GET", _PIPELINE, "viewer", pipeline.GET_PIPELINE, "The steps of a request, and what they cost"),
    Route(
        "PUT", _PIPELINE, "admin", pipeline.UPDATE_PIPELINE, "Save another order; If-Match: its revision",
        if_match="if_match", before=_ORDER_BEFORE, tried=_tried_order, example=EXAMPLE_ORDER,
    ),
    Route(
        "POST", f"{_PIPELINE}/validate", "admin", pipeline.VALIDATE_PIPELINE, "Could it be saved? Nothing is",
        audited=False, example={"order": EXAMPLE_ORDER["order"]},
    ),
    Route(
        "POST", f"{_PIPELINE}/apply", "admin", pipeline.APPLY_PIPELINE, "Let all gateways run the saved revision now",
        tried=_tried_as_saved, example={"revision": 42},
    ),
    Route(
        "POST", f"{_PIPELINE}/confirm", "admin", pipeline.CONFIRM_PIPELINE, "A risky revision works: keep it",
        example={"revision": 42},
    ),
    Route(
        "POST", f"{_PIPELINE}/rollback", "admin", pipeline.ROLLBACK_PIPELINE, "Save an earlier revision again",
        before=_ORDER_BEFORE, tried=_tried_revision, example={"to_revision": 37, "base_revision": 42},
    ),
    Route("GET", f"{_PIPELINE}/revisions", "viewer", pipeline.LIST_REVISIONS, "Who changed what, newest first"),
    Route(
        "GET", f"{_PIPELINE}/revisions/{{revision}}/diff", "viewer", pipeline.GET_REVISION_DIFF,
        "What leads from one revision to another",
    ),
    Route("GET", f"{_AT}/stats", "viewer", pipeline.GET_MIDDLEWARE_STATS, "What each step costs, for each gateway"),
    Route("GET", _STEP, "viewer", pipeline.GET_MIDDLEWARE, "One step: settings, their schema, and its cost"),
    Route(
        "PATCH", _STEP, "admin", pipeline.UPDATE_MIDDLEWARE, "Switch a step, or change its settings",
        if_match="if_match", before=_STEP_BEFORE, tried=_tried_step, example={"enabled": False},
    ),
)  # fmt: skip
