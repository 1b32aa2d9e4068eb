"""What a browser may do with our answers: run our own scripts, and be framed by nobody."""

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from gateway.client import is_https

POLICY: web.AppKey[str] = web.AppKey("POLICY", str)

# Components set styles inline; graph layout runs in a worker made from a blob.
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Server": "Belfry",  # and not which versions it is made of
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TRANSPORT = "max-age=31536000"


def policy_for(scripts: str) -> str:
    """The content security policy; `scripts`: the hashes of what stands inside index.html, as sources."""
    return _POLICY.format(scripts=scripts)


@web.middleware
async def harden(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if response.prepared:
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", request.app[POLICY])
    if response.status == 401:
        response.headers.setdefault(hdrs.WWW_AUTHENTICATE, "Bearer")
    if is_https(request):
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
    return response
