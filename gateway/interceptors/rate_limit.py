"""How often one caller may ask. What is left stands in RateLimit headers, and 429 says when to come back."""

import math

import structlog
from aiohttp import web
from multidict import istr

from gateway.client import network_of
from gateway.interceptors.buckets import Policy, SharedBuckets, Taken
from gateway.interceptors.step import Rest, Step, Tools, among
from gateway.passage import PASSAGE, Passage
from shared.contracts.interceptors import RateLimitSettings
from shared.middleware import problem_response
from shared.problems import ProblemError, too_many

log = structlog.get_logger(__name__)

NAME = '"belfry"'
POLICY, LEFT = istr("RateLimit-Policy"), istr("RateLimit")


def build(settings: RateLimitSettings, tools: Tools) -> Step | None:
    if not settings.requests:
        return None
    spared, count_by, buckets = among(settings.except_paths), settings.count_by, tools.buckets
    policy = Policy(settings.requests, settings.per_seconds, settings.burst)
    shared = tools.shared_buckets if settings.store == "shared" else None
    stated = f"{NAME};q={settings.requests};w={math.ceil(settings.per_seconds)}"
    clock = tools.clock if shared else tools.now  # gateways only agree on the time of day
    bucket = f"{policy.limit}/{policy.per_seconds:g}/{policy.burst} "  # another policy does not go by old debts

    async def taken_of_all(buckets: SharedBuckets, key: str, now: float) -> Taken | None:
        """None: the shared store does not answer, and requests pass meanwhile."""
        try:
            return await buckets.take(key, policy, now)
        except ProblemError as error:
            if not settings.pass_when_unreachable:
                raise
            log.warning("rate_limit.not_counted", reason=error.problem.detail)
            return None

    async def rate_limit(request: web.Request, rest: Rest) -> web.StreamResponse:
        passage = PASSAGE.get()
        if spared(passage.path):
            return await rest(request)
        key, now = bucket + key_of(passage, count_by), clock()
        taken = await taken_of_all(shared, key, now) if shared else buckets.take(key, policy, now)
        if taken is None:
            return await rest(request)
        response = await rest(request) if taken.count else refused(request, taken)
        if not response.prepared:
            headers = response.headers
            headers[POLICY], headers[LEFT] = stated, left(taken, clock())
        return response

    return rate_limit


def key_of(passage: Passage, count_by: str) -> str:
    """Whose bucket it is; of someone who is not signed in that of the address."""
    identity = passage.identity if count_by != "ip" else None
    if identity is None:
        return f"ip:{network_of(passage.client_ip)}"
    return f"user:{identity.user_name}" if count_by == "user" else f"{identity.kind}:{identity.id}"


def left(taken: Taken, now: float) -> str:
    """The field of the IETF's draft on rate limits: tokens left, and in how many seconds the bucket is full again."""
    full_in_seconds = taken.full_at - now
    return f"{NAME};r={taken.remaining};t={math.ceil(full_in_seconds) if full_in_seconds > 0 else 0}"


def refused(request: web.Request, taken: Taken) -> web.Response:
    """429, and when to come back."""
    return problem_response(too_many(max(1, math.ceil(taken.wait_seconds))).problem, request)
