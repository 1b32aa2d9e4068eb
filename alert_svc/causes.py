"""Who is the root cause of what goes wrong with a service: from its required dependencies and their statuses. Pure.

health_svc answers the same question for its pages. Here it is answered from what evaluation has heard, at the moment
something fires: an answer that is a second old would page for the dependents.
"""

from collections.abc import Mapping, Sequence

FAILING = ("degraded", "down")


def root_causes(service: str, needs: Mapping[str, Sequence[str]], statuses: Mapping[str, str]) -> list[str]:
    """The failing services that it needs, directly or not, and that need nothing else that fails; sorted. Those that
    need the service themselves are in a circle with it, and not its cause."""
    failing = {other for other in _reach(service, needs) if other != service and statuses.get(other) in FAILING}
    return sorted(other for other in failing if _is_root(other, service, needs, statuses))


def affected_by(service: str, needs: Mapping[str, Sequence[str]], statuses: Mapping[str, str]) -> list[str]:
    """The services of which it is a root cause, sorted."""
    if statuses.get(service) not in FAILING:
        return []
    return sorted(other for other in needs if other != service and service in root_causes(other, needs, statuses))


def _is_root(other: str, service: str, needs: Mapping[str, Sequence[str]], statuses: Mapping[str, str]) -> bool:
    reached = _reach(other, needs)
    if service in reached:
        return False
    beyond = (each for each in reached if each != other and statuses.get(each) in FAILING)
    return all(other in _reach(each, needs) for each in beyond)


def _reach(service: str, needs: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that it needs, directly or not."""
    found: set[str] = set()
    waiting = list(needs.get(service, ()))
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += needs.get(each, ())
    return found
