"""What a service or window must satisfy beyond its types: pure, every mistake at once."""

import re
from collections import Counter

from health_svc.maintenance import spec_error
from shared.contracts.checks import CheckSpec, HeartbeatCheck, HttpCheck, NatsCheck, component_of
from shared.contracts.health import MaintenanceSpec, ServiceSpec
from shared.contracts.wire import FieldError


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
    errors = [
        (field, f"is not a regular expression: {problem}")
        for field, pattern in _patterns(check)
        if (problem := _pattern_problem(pattern))
    ]
    if isinstance(check, NatsCheck) and check.url and check.service:
        errors.append(("service", "give either url or service, not both"))
    return errors


def _patterns(check: CheckSpec) -> list[tuple[str, str]]:
    found = [(name, getattr(check, name, None)) for name in ("expect_body", "expect")]
    patterns = [(name, value) for name, value in found if isinstance(value, str)]
    if isinstance(check, HttpCheck):
        patterns += [(f"expect_headers.{name}", value) for name, value in check.expect_headers.items()]
        patterns += [
            (f"assertions[{i}].value", a.value)
            for i, a in enumerate(check.assertions)
            if a.operator == "matches" and isinstance(a.value, str)
        ]
    return patterns


def _pattern_problem(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return None
