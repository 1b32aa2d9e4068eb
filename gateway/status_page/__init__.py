"""The public status page, its data and feed, and badges: no sign-in, no script, only what is marked public."""

from datetime import UTC, datetime

from aiohttp import hdrs, web

from gateway.client import public_url
from gateway.operations import open_to_all
from gateway.status_page.badge import badge
from gateway.status_page.feed import feed
from gateway.status_page.page import page
from gateway.status_page.source import SOURCE, Source
from gateway.status_page.view import unknown_page, view_of
from shared.problems import ProblemError, not_found

SHORTLY = "public, max-age=10"
ANYONE = {
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    hdrs.CACHE_CONTROL: SHORTLY,
    "Cross-Origin-Resource-Policy": "cross-origin",  # a badge stands on pages of others
}


def add_status_page(app: web.Application) -> None:
    app[SOURCE] = Source()
    open_to_all(app, ROUTES)


async def show_page(request: web.Request) -> web.Response:
    """A page in any case: strangers do not read problem+json."""
    try:
        status, found = 200, await request.app[SOURCE].read(request)
    except ProblemError as error:
        status, found = error.problem.status, unknown_page(datetime.now(UTC))
    headers = {hdrs.CACHE_CONTROL: SHORTLY}
    return web.Response(text=page(view_of(found)), status=status, content_type="text/html", headers=headers)


async def show_json(request: web.Request) -> web.Response:
    body = await request.app[SOURCE].encoded(request)
    return web.Response(body=body, content_type="application/json", headers=ANYONE)


async def show_feed(request: web.Request) -> web.Response:
    view = view_of(await request.app[SOURCE].read(request))
    return web.Response(text=feed(view, public_url(request)), content_type="application/rss+xml", headers=ANYONE)


async def show_badge(request: web.Request) -> web.Response:
    """404 for a service that is not public as for one that is not there."""
    view = view_of(await request.app[SOURCE].read(request))
    service_id = request.match_info["service_id"]
    shown = next((service for service in view.services if service.id == service_id), None)
    if shown is None:
        raise not_found(f"There is no public service {service_id}")
    return web.Response(text=badge(shown.name, shown.status), content_type="image/svg+xml", headers=ANYONE)


ROUTES = (
    web.get("/status", show_page),
    web.get("/status.json", show_json),
    web.get("/status.rss", show_feed),
    web.get("/badges/{service_id}.svg", show_badge),
)
