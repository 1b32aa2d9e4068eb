"""Starlette on uvicorn, bare or with the counterparts of our steps that come with it."""

import logging
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from secrets import token_hex
from time import perf_counter

import uvicorn
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bench.gateway_worker import BODY, PATH, print_port

Next = Callable[[Request], Awaitable[Response]]


class Tokens(AuthenticationBackend):
    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        scheme, _, token = conn.headers.get("Authorization", "").partition(" ")
        return (AuthCredentials(["viewer"]), SimpleUser(token)) if scheme else None


async def identified(request: Request, call_next: Next) -> Response:
    """A request id, security headers and an access log, as most applications write them."""
    started, request_id = perf_counter(), token_hex(8)
    response = await call_next(request)
    response.headers["X-Request-Id"] = request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    took_ms = (perf_counter() - started) * 1000
    logging.getLogger("access").info("%s %s %s %.2f", request.method, request.url.path, response.status_code, took_ms)
    return response


CHAIN = [
    Middleware(BaseHTTPMiddleware, dispatch=identified),
    Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1"]),
    Middleware(CORSMiddleware, allow_origins=["https://shop.example"]),
    Middleware(GZipMiddleware, minimum_size=1024),
    Middleware(AuthenticationMiddleware, backend=Tokens()),
]


async def answer(request: Request) -> Response:
    return Response(BODY, media_type="application/json")


def run(with_chain: bool) -> None:
    app = Starlette(routes=[Route(PATH, answer)], middleware=CHAIN if with_chain else [])
    config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print_port(sys.stdout, listening.getsockname()[1])
        server = uvicorn.Server(config)
        threading.Thread(target=end_with_input, args=[server], daemon=True).start()
        server.run([listening])


def end_with_input(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True
