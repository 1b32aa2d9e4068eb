"""The cookie of a session: sent by the browser to this site only, unreadable for scripts."""

from datetime import timedelta

from aiohttp import web

from gateway.auth.sessions import COOKIE, LONGEST


def with_cookie(response: web.Response, secret: str, secure: bool, longest: timedelta = LONGEST) -> web.Response:
    response.set_cookie(
        COOKIE, secret, max_age=int(longest.total_seconds()), path="/", httponly=True, samesite="Lax", secure=secure
    )
    return response


def without_cookie(response: web.Response) -> web.Response:
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response
