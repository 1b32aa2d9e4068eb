"""The pages of the browser application, from the folder they were built into."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from aiohttp import hdrs, web

from gateway.interceptors.security_headers import POLICY, policy_for
from gateway.operations import open_to_all
from gateway.settings import GatewaySettings
from shared.problems import not_found

FOR_EVER = "public, max-age=31536000, immutable"  # the name of such a file changes with its content
REVALIDATE = "no-cache"
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Belfry</title>
<style>:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}</style>
<h1>The pages are not built</h1>
<p>This gateway runs and answers at <a href="/docs">/docs</a>, <a href="/status">/status</a> and <code>/api/v1</code>,
but it finds no pages in <code>%s</code>. Run <code>make build</code>, then reload.</p></html>
"""


class Pages:
    """The files of the application; nothing outside of the folder is ever given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def file(self, path: str) -> Path | None:
        if "\0" in path:
            return None
        found = (self._folder / path.lstrip("/")).resolve()
        return found if found.is_relative_to(self._folder) and found.is_file() else None

    @property
    def index(self) -> Path | None:
        return self.file("index.html")

    def script_sources(self) -> str:
        """The sources that let the scripts inside index.html run: one hash each."""
        scripts = _INLINE.findall(self.index.read_bytes()) if self.index else []
        return "".join(f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)


def add_pages(app: web.Application, settings: GatewaySettings) -> None:
    """Every path outside of the interface answers a file, or else the application itself, which knows its own paths."""
    pages = Pages(Path(settings.spa_dir))
    app[POLICY] = policy_for(pages.script_sources())

    async def page(request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        is_file = "." in path.rsplit("/", 1)[-1]
        return _file(request, pages.file(path)) if is_file else _index(pages, settings)

    open_to_all(app, [web.get("/{path:(?!api/|badges/).*}", page)])


def _file(request: web.Request, found: Path | None) -> web.StreamResponse:
    if found is None or found.suffix == ".gz":
        raise not_found(f"Nothing is at {request.path}")
    lasting = request.path.startswith("/assets/")
    return web.FileResponse(found, headers={hdrs.CACHE_CONTROL: FOR_EVER if lasting else REVALIDATE})


def _index(pages: Pages, settings: GatewaySettings) -> web.StreamResponse:
    if pages.index is None:
        return web.Response(text=NOT_BUILT % settings.spa_dir, content_type="text/html", status=503)
    return web.FileResponse(pages.index, headers={hdrs.CACHE_CONTROL: REVALIDATE})
