"""Answers of services, given again for a moment; and 304 to who has them already."""

from functools import cache

from aiohttp import hdrs, web
from multidict import CIMultiDict

from gateway.answers import accepts_gzip, knows
from gateway.interceptors.answers_kept import Kept
from gateway.interceptors.step import Rest, Step, Tools
from gateway.passage import PASSAGE
from gateway.routes.route import Route
from gateway.whole_response import WholeResponse
from shared.contracts.interceptors import CacheSettings
from shared.contracts.live import OFFSET_HEADER
from shared.contracts.wire import Rpc

KEPT_WITH_304 = (hdrs.ETAG, hdrs.CACHE_CONTROL, hdrs.VARY, OFFSET_HEADER)
KEPT = (*KEPT_WITH_304, hdrs.CONTENT_TYPE, hdrs.CONTENT_ENCODING)
"""What belongs to the answer. All else, such as what is left of a rate limit, belongs to who asked."""


def build(settings: CacheSettings, tools: Tools) -> Step | None:
    answers, now = tools.answers, tools.now

    async def answer(request: web.Request, rest: Rest) -> web.StreamResponse:
        passage = PASSAGE.get()
        subject = subject_of(passage.operation)
        if not subject:
            return await rest(request)
        if passage.method != hdrs.METH_GET:
            try:
                return await rest(request)
            finally:
                answers.said(subject)
        key = (request.path_qs, accepts_gzip(request))
        kept = answers.get(key, now())
        if kept is not None and not wants_anew(request):
            return given(request, kept)
        moment = answers.moment(subject)
        response = await rest(request)
        if _may_be_kept(response, settings.max_entry_bytes):
            headers = CIMultiDict({name: response.headers[name] for name in KEPT if name in response.headers})
            fresh = Kept(subject, now() + settings.fresh_seconds, headers, response.body)  # type: ignore[attr-defined]
            answers.put(key, fresh, moment, settings.max_entries)
        return response

    return answer if settings.fresh_seconds else None


def subject_of(operation: Route | None) -> str:
    """The domain of the service that is asked; empty for what the gateway answers itself, which may be of someone."""
    return domain_of(operation.answer.subject) if operation and isinstance(operation.answer, Rpc) else ""


@cache
def domain_of(subject: str) -> str:
    return subject.split(".")[2]


def wants_anew(request: web.Request) -> bool:
    """RFC 9111, 5.2.1: a page that is loaded anew by hand asks past every cache."""
    return "no-cache" in request.headers.get(hdrs.CACHE_CONTROL, "")


def given(request: web.Request, kept: Kept) -> web.Response:
    if hdrs.IF_NONE_MATCH in request.headers and knows(request, kept.headers[hdrs.ETAG]):
        return web.Response(
            status=304, headers={name: kept.headers[name] for name in KEPT_WITH_304 if name in kept.headers}
        )
    return kept.answer()


def _may_be_kept(response: web.StreamResponse, max_bytes: int) -> bool:
    return (
        isinstance(response, (WholeResponse, web.Response))
        and response.status == 200
        and isinstance(response.body, bytes)
        and len(response.body) <= max_bytes
        and hdrs.ETAG in response.headers
        and hdrs.SET_COOKIE not in response.headers
    )
