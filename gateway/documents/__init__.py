"""What the gateway says of itself: OpenAPI, AsyncAPI and a page to read them."""

from functools import cache

import msgspec
from aiohttp import web

from gateway.answers import answer_read, ready
from gateway.documents.asyncapi import asyncapi
from gateway.documents.openapi import openapi
from gateway.documents.page import docs_page
from gateway.operations import open_to_all


def add_documents(app: web.Application) -> None:
    open_to_all(app, ROUTES)


@cache
def files() -> dict[str, bytes]:
    """The documents as they are served and as they stand in the repository, by their names there."""
    documents = {"openapi.json": openapi(), "asyncapi.json": asyncapi()}
    return {
        name: msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
        for name, document in documents.items()
    }


@cache
def _page() -> str:
    return docs_page(openapi())


async def show_openapi(request: web.Request) -> web.Response:
    return answer_read(request, ready(files()["openapi.json"]))


async def show_asyncapi(request: web.Request) -> web.Response:
    return answer_read(request, ready(files()["asyncapi.json"]))


async def show_docs(request: web.Request) -> web.Response:
    return web.Response(text=_page(), content_type="text/html", headers={"Cache-Control": "no-cache"})


ROUTES = (
    web.get("/api/v1/openapi.json", show_openapi),
    web.get("/api/v1/asyncapi.json", show_asyncapi),
    web.get("/docs", show_docs),
)
