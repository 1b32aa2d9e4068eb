"""Pages of other sites that may call us, by the CORS protocol of the Fetch standard; and their preflights."""

from aiohttp import hdrs, web

from gateway.answers import add_vary
from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.interceptors import CorsSettings

TRUSTED_ORIGIN = web.RequestKey("TRUSTED_ORIGIN", bool)
"""Set when the request comes from a page of another site that may make it as whoever it says it is."""


def build(settings: CorsSettings, tools: Tools) -> Step | None:
    origins, anyone = frozenset(settings.origins), "*" in settings.origins
    preflight = preflight_headers(settings)
    exposed = ", ".join(settings.exposed)

    def allowed(origin: str) -> bool:
        return anyone or origin in origins

    async def cors(request: web.Request, rest: Rest) -> web.StreamResponse:
        origin = request.headers.get(hdrs.ORIGIN, "")
        known = bool(origin) and allowed(origin)
        if known and is_preflight(request):
            response: web.StreamResponse = web.Response(status=204, headers=preflight)
        else:
            if known:
                request[TRUSTED_ORIGIN] = settings.credentials or hdrs.AUTHORIZATION in request.headers
            response = await rest(request)
            if known and exposed and not response.prepared:
                response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = exposed
        if not response.prepared:
            add_vary(response, hdrs.ORIGIN)
            if known:
                _allow(response, "*" if anyone else origin)
        return response

    def _allow(response: web.StreamResponse, origin: str) -> None:
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        if settings.credentials:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"

    return cors if origins else None


def is_preflight(request: web.Request) -> bool:
    return request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers


def preflight_headers(settings: CorsSettings) -> dict[str, str]:
    """What a page may do; the browser compares it with what the page wants."""
    found = {
        hdrs.ACCESS_CONTROL_ALLOW_METHODS: ", ".join(settings.methods),
        hdrs.ACCESS_CONTROL_ALLOW_HEADERS: ", ".join(settings.headers),
        hdrs.ACCESS_CONTROL_MAX_AGE: str(settings.max_age_seconds),
    }
    return {name: value for name, value in found.items() if value}
