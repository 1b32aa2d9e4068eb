"""The browser application's files, as the gateway gives them."""

import gzip
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from yarl import URL

from tests.backend.gateway.conftest import Client, StartGateway

SCRIPT = "document.documentElement.dataset.theme = 'dark'"
INDEX = f'<!doctype html><script>{SCRIPT}</script><script type="module" src="/assets/app-1a2b.js"></script>'
APP = "console.log('belfry');" * 200


@pytest.fixture
async def pages(start_gateway: StartGateway, tmp_path: Path) -> Client:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "app-1a2b.js").write_text(APP)
    (folder / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(APP.encode()))
    (tmp_path / "secret.txt").write_text("not for you")
    return await start_gateway(spa_dir=str(folder))


@pytest.mark.parametrize("path", ["/", "/login", "/admin/health?open=ledger-db", "/admin/incidents/12"])
async def test_every_page_is_the_application(pages: Client, path: str) -> None:
    answer = await pages.get(path)

    assert (answer.status, await answer.text()) == (200, INDEX)
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_only_scripts_that_stand_in_the_page_may_run_inline(pages: Client) -> None:
    policy = (await pages.get("/")).headers["Content-Security-Policy"]

    allowed = b64encode(sha256(SCRIPT.encode()).digest()).decode()

    assert f"script-src 'self' 'sha256-{allowed}';" in policy


async def test_assets_are_kept_for_ever_and_sent_packed(pages: Client) -> None:
    packed = await pages.get("/assets/app-1a2b.js", auto_decompress=False)
    plain = await pages.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await packed.read()).decode() == await plain.text() == APP
    assert "immutable" in plain.headers["Cache-Control"]
    assert plain.content_type.endswith("/javascript")


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/a%00.txt", "/x.js.gz"]
)
async def test_what_is_no_file_of_the_application_is_not_found(pages: Client, path: str) -> None:
    answer = await pages.session.get(URL(str(pages.make_url("/")).rstrip("/") + path, encoded=True))

    assert answer.status == 404
    assert "not for you" not in await answer.text()


async def test_pages_that_are_not_built_are_explained(start_gateway: StartGateway, tmp_path: Path) -> None:
    client = await start_gateway(spa_dir=str(tmp_path / "nowhere"))

    answer = await client.get("/")

    assert answer.status == 503
    assert "make build" in await answer.text()


async def test_the_interface_is_read_at_docs_without_a_script(pages: Client) -> None:
    answer = await pages.get("/docs")
    html = await answer.text()

    assert answer.status == 200
    assert "<script" not in html
    assert "/api/v1/admin/health/services/{service_id}/check" in html
    assert (await pages.get("/api/v1/openapi.json")).status == (await pages.get("/api/v1/asyncapi.json")).status == 200
