"""From what the checks of a service found to what the run as a whole says."""

from collections.abc import Iterator, Sequence
from typing import Literal

from health_svc.state import SEVERITY_OF, Severity
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import Result

Measured = Literal["pass", "warn", "fail"]


def combine(components: Sequence[ComponentOutcome]) -> tuple[Result, Severity | None, str, list[str]]:
    """Result, severity (None: not measured), reason and affected components of one run.

    All failing, or one critical failing: fail, down. Some failing, or a warning: warn, degraded. What could not be
    measured is left out, unless nothing could be."""
    measured = [component for component in components if component.result != "error"]
    if not measured:
        return "error", None, _reasons(components, named=len(components) > 1) or "Nothing is checked", []
    result = _verdict(measured)
    affected = [name for component in measured for name in _affected(component)]
    return result, SEVERITY_OF[result], _reason(components, measured), affected


def _verdict(measured: Sequence[ComponentOutcome]) -> Measured:
    failing = [component for component in measured if component.result == "fail"]
    if len(failing) == len(measured) or any(component.critical for component in failing):
        return "fail"
    return "pass" if all(map(_is_sound, measured)) else "warn"


def _is_sound(component: ComponentOutcome) -> bool:
    """Passing, with every part that it reports of itself passing or not measured."""
    return component.result in ("pass", "error") and all(map(_is_sound, component.children))


def _affected(component: ComponentOutcome) -> Iterator[str]:
    """Names of the parts at fault, as deep as they are known: `api`, or `api.database`."""
    parts = [f"{component.component}.{name}" for child in component.children for name in _affected(child)]
    if parts:
        yield from parts
    elif component.result in ("warn", "fail"):
        yield component.component


def _reason(components: Sequence[ComponentOutcome], measured: Sequence[ComponentOutcome]) -> str:
    at_fault = [component for component in measured if not _is_sound(component)]
    if at_fault:
        return _reasons(sorted(at_fault, key=lambda component: component.result != "fail"), named=len(components) > 1)
    if len(components) == 1:
        return components[0].reason
    if len(components) == len(measured):
        return f"All {len(components)} checks pass"
    left_out = len(components) - len(measured)
    return f"{len(measured)} of {len(components)} checks pass, {left_out} could not be measured"


def _reasons(components: Sequence[ComponentOutcome], named: bool) -> str:
    """`name: reason` of each, the failing first; a service with one check needs no name."""
    return "; ".join(f"{c.component}: {_own_reason(c)}" if named else _own_reason(c) for c in components)


def _own_reason(component: ComponentOutcome) -> str:
    """Its own, or those of its parts at fault when it passes itself."""
    parts = [child for child in component.children if not _is_sound(child)]
    return _reasons(parts, named=True) if component.result == "pass" and parts else component.reason
