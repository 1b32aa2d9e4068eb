"""What a browser may do with our answers: run our own scripts, and be framed by nobody."""

from aiohttp import hdrs, web

from gateway.client import is_https
from gateway.interceptors.step import Rest, Step, Tools
from gateway.whole_response import WholeResponse, fixed_headers
from shared.contracts.interceptors import SecurityHeadersSettings

POLICY: web.AppKey[str] = web.AppKey("POLICY", str)

# Components set styles inline; graph layout runs in a worker made from a blob.
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
POLICY_HEADERS = {"enforce": "Content-Security-Policy", "report_only": "Content-Security-Policy-Report-Only"}
TRANSPORT = "Strict-Transport-Security"


def policy_for(scripts: str) -> str:
    """The content security policy; `scripts`: the hashes of what stands inside index.html, as sources."""
    return _POLICY.format(scripts=scripts)


def build(settings: SecurityHeadersSettings, tools: Tools) -> Step:
    fixed = fixed_headers(headers_of(settings, tools.app[POLICY]))
    transport = transport_of(settings)

    async def security_headers(request: web.Request, rest: Rest) -> web.StreamResponse:
        response = await rest(request)
        if response.prepared:
            return response
        headers = response.headers
        if isinstance(response, WholeResponse):
            response.fixed = fixed
        else:
            headers.merge(fixed.headers)  # what a handler has said for itself stays
        if response.status == 401:
            headers.setdefault(hdrs.WWW_AUTHENTICATE, "Bearer")
        if transport and is_https(request):
            headers.setdefault(TRANSPORT, transport)
        return response

    return security_headers


def headers_of(settings: SecurityHeadersSettings, policy: str) -> dict[str, str]:
    """Those that every answer has."""
    ancestors = "'none'" if settings.frame_options == "DENY" else "'self'"
    found = {
        "Server": "Belfry",  # and not which versions it is made of
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.frame_options,
        "Referrer-Policy": settings.referrer_policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Permitted-Cross-Domain-Policies": "none",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in settings.denied_features),
        POLICY_HEADERS.get(settings.content_policy, ""): policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {ancestors}"
        ),
    }
    return {name: value for name, value in found.items() if name and value}


def transport_of(settings: SecurityHeadersSettings) -> str:
    """RFC 6797; empty for none."""
    if not settings.hsts_seconds:
        return ""
    parts = ("includeSubDomains", settings.hsts_subdomains), ("preload", settings.hsts_preload)
    return "; ".join([f"max-age={settings.hsts_seconds}", *(word for word, wanted in parts if wanted)])
