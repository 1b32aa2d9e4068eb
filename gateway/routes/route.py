"""What one operation is: a row of a route table."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from aiohttp import web
from msgspec import Struct

from gateway.auth.identity import Access
from shared.contracts.pipeline.procedures import ValidateChange
from shared.contracts.wire import Rpc

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Local(Struct, frozen=True):
    """An operation the gateway answers itself, from a validated request Struct."""

    handle: Callable[[web.Request, Any], Awaitable[Struct | web.StreamResponse]]
    request: type[Struct]
    response: type[Struct]

    @property
    def name(self) -> str:
        return self.handle.__name__


class Before(Struct, frozen=True):
    """Where the audit trail finds an object as it was: an RPC asked with the path's parameters, and a part of it."""

    rpc: Rpc
    part: Callable[[Any, dict[str, str]], Any]


class Route(Struct, frozen=True):
    """One operation. The path's parameters, and the query (GET, DELETE) or the body (POST, PUT, PATCH), fill the
    request Struct: the body as a whole fills the field `body`, or member by member when that is empty; If-Match fills
    the field `if_match`. The path's parameter `rest` may hold slashes. `tried`: what the request changes of the chain,
    which must not keep out who makes it. `hidden`: fields that the audit trail keeps no values of, besides those whose
    names say that they are secret."""

    method: Method
    path: str
    access: Access
    answer: Rpc | Local
    summary: str
    status: int = 200
    body: str = ""
    if_match: str = ""
    rest: str = ""
    audited: bool = True
    hidden: frozenset[str] = frozenset()
    before: Before | None = None
    tried: Callable[[Any], ValidateChange] | None = None
    example: Any = None

    @property
    def unsafe(self) -> bool:
        return self.method != "GET"

    @property
    def tag(self) -> str:
        """The resource the operation belongs to: the first word of its path below /api/v1."""
        return self.path.removeprefix("/api/v1/").removeprefix("admin/").split("/")[0]
