"""Templates of raw paths: what looks like an id becomes `{id}`, what varies too much `{*}`, and too many are one."""

import re
from collections import OrderedDict

from shared.contracts.latency import OVERFLOW_ROUTE

MOST_CHILDREN = 50  # different segments after the same beginning; more are names of things, not of endpoints
MOST_TEMPLATES = 500  # of one service
MOST_SERVICES = 1_000  # remembered; the one not seen for longest is forgotten
MOST_SEGMENTS = 12
LONGEST_NAME = 40

ID, ANY = "{id}", "{*}"

LOOKS_LIKE_AN_ID = re.compile(
    r"""
      \d+                                                   # number
    | [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}   # UUID
    | (?=[0-9a-f]*\d)[0-9a-f]{8,}                            # hash
    | \d{4}-\d{2}-\d{2}(T[\d:.,+Z-]*)?                       # date, time
    | [^@\s]+(@|%40)[^@\s]+                                  # address of mail
    | [a-z]{1,8}[_-]?\d[\d_-]*                               # order-123, v2 is spared below
    | (?=.*\d)(?=.*[a-z])[a-z0-9_-]{16,}={0,2}               # ULID, base64, token
    """,
    re.VERBOSE | re.IGNORECASE,
)
VERSION = re.compile(r"v\d{1,2}", re.IGNORECASE)


class Templates:
    """Learns the templates of each service from the paths it is shown."""

    def __init__(self) -> None:
        self._services: OrderedDict[str, _Service] = OrderedDict()

    @property
    def remembered(self) -> int:
        """How many services."""
        return len(self._services)

    def template(self, service: str, path: str) -> str:
        """The template of a raw path, with query and fragment cut off; OVERFLOW_ROUTE when the service has too many."""
        learned = self._services.get(service)
        if learned is None:
            learned = self._services[service] = _Service()
            if len(self._services) > MOST_SERVICES:
                self._services.popitem(last=False)
        self._services.move_to_end(service)
        return learned.template(path)


class _Service:
    def __init__(self) -> None:
        self._children: dict[str, set[str]] = {}
        self._templates: set[str] = set()

    def template(self, path: str) -> str:
        segments = re.split(r"[?#]", path, maxsplit=1)[0].strip("/").split("/")
        found = ""
        for segment in segments[:MOST_SEGMENTS]:
            found = f"{found}/{self._name(found, segment)}"
        if len(segments) > MOST_SEGMENTS:
            found += f"/{ANY}"
        return self._kept(found)

    def _name(self, parent: str, segment: str) -> str:
        if is_id(segment):
            return ID
        children = self._children.get(parent)
        if children is None:
            if len(self._children) >= MOST_TEMPLATES:
                return ANY
            children = self._children[parent] = set()
        if segment in children:
            return segment
        if len(children) >= MOST_CHILDREN:
            return ANY
        children.add(segment)
        return segment

    def _kept(self, template: str) -> str:
        if template not in self._templates:
            if len(self._templates) >= MOST_TEMPLATES:
                return OVERFLOW_ROUTE
            self._templates.add(template)
        return template


def is_id(segment: str) -> bool:
    """Whether a segment names one thing rather than a kind of things."""
    if VERSION.fullmatch(segment):
        return False
    return len(segment) > LONGEST_NAME or LOOKS_LIKE_AN_ID.fullmatch(segment) is not None
