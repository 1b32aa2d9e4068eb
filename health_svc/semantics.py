"""What a service or window must satisfy beyond its types: pure, every mistake at once."""

from collections import Counter
from collections.abc import Callable

from health_svc.maintenance import spec_error
from health_svc.probes.assertions import path_of
from health_svc.probes.evidence import FaultError
from health_svc.probes.patterns import compiled
from shared.contracts.checks import CheckSpec, HeartbeatCheck, HttpCheck, JsonAssertion, NatsCheck, component_of
from shared.contracts.health.maintenance import MaintenanceSpec
from shared.contracts.health.services import ServiceSpec
from shared.contracts.wire import FieldError

Reader = Callable[[str], object]
"""Reads a pattern or path as the probe will; raises FaultError when the probe could not use it."""


def spec_errors(spec: ServiceSpec) -> list[FieldError]:
    """Mistakes between the fields of a service."""
    errors = [
        FieldError(f"checks[{i}].name", f"{component_of(c)} is used twice; give each check its own name")
        for i, c in enumerate(spec.checks)
        if Counter(map(component_of, spec.checks[: i + 1]))[component_of(c)] > 1
    ]
    targets = [d.id for d in spec.dependencies]
    for i, target in enumerate(targets):
        if target == spec.id:
            errors.append(FieldError(f"dependencies[{i}].id", "a service cannot depend on itself"))
        elif target in targets[:i]:
            errors.append(FieldError(f"dependencies[{i}].id", f"{target} is listed twice"))
    if sum(isinstance(c, HeartbeatCheck) for c in spec.checks) > 1:
        errors.append(FieldError("checks", "a service has at most one heartbeat"))
    if spec.timeout_seconds > spec.interval_seconds:
        errors.append(FieldError("timeout_seconds", f"must be at most the interval, {spec.interval_seconds:g}"))
    for i, check in enumerate(spec.checks):
        errors += [FieldError(f"checks[{i}].{field}", message) for field, message in _check_errors(check)]
    return errors


def maintenance_errors(spec: MaintenanceSpec) -> list[FieldError]:
    """Mistakes in a window: its rule, its time zone, its start."""
    found = spec_error(spec)
    return [FieldError(*found)] if found else []


def _check_errors(check: CheckSpec) -> list[tuple[str, str]]:
    texts = [*_texts(check, "expect_body", compiled), *_texts(check, "expect", compiled)]
    if isinstance(check, HttpCheck):
        texts += [(f"expect_headers.{name}", value, compiled) for name, value in check.expect_headers.items()]
        texts += [text for i, a in enumerate(check.assertions) for text in _assertion_texts(f"assertions[{i}]", a)]
    errors = [(field, problem) for field, text, read in texts if (problem := _problem(read, text))]
    if isinstance(check, NatsCheck) and check.url and check.service:
        errors.append(("service", "give either url or service, not both"))
    return errors


def _texts(check: CheckSpec, field: str, read: Reader) -> list[tuple[str, str, Reader]]:
    value = getattr(check, field, None)
    return [(field, value, read)] if isinstance(value, str) else []


def _assertion_texts(at: str, assertion: JsonAssertion) -> list[tuple[str, str, Reader]]:
    texts: list[tuple[str, str, Reader]] = [(f"{at}.path", assertion.path, path_of)]
    if assertion.operator == "matches" and isinstance(assertion.value, str):
        texts.append((f"{at}.value", assertion.value, compiled))
    return texts


def _problem(read: Reader, text: str) -> str | None:
    """Why a probe could not use the text; None when it can."""
    try:
        read(text)
    except FaultError as fault:
        return fault.verdict.reason
    return None
