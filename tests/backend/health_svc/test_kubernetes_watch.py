"""The watch of Services against a server that speaks Kubernetes' API, and fails in the ways that it does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from health_svc.kubernetes import Access, Changed, Listed, Pace, follow
from tests.fixtures.kubernetes_api import KubernetesApi, kubernetes_api
from tests.fixtures.waiting import until

PATIENT = Pace(longest_backoff_seconds=0.2)
QUICK = Pace(watch_seconds=1, answer_seconds=1, longest_backoff_seconds=0.2)


class Follower:
    """What a watch brought so far."""

    def __init__(self) -> None:
        self.found: list[Listed | Changed] = []
        self.paths: dict[str, dict[str, str]] = {}

    def take(self, found: Listed | Changed) -> None:
        self.found.append(found)
        if isinstance(found, Listed):
            self.paths = {service.path: service.annotated for service in found.services}
        elif found.gone:
            self.paths.pop(found.service.path, None)
        else:
            self.paths[found.service.path] = found.service.annotated

    @property
    def lists(self) -> int:
        return sum(isinstance(each, Listed) for each in self.found)

    async def until(self, **services: Any) -> None:
        """`shop__api={...}`: exactly these Services with these annotations."""
        wanted = {path.replace("__", "/"): marks for path, marks in services.items()}
        await until(self._paths, lambda paths: paths == wanted, 60)

    async def _paths(self) -> dict[str, dict[str, str]]:
        return dict(self.paths)


@asynccontextmanager
async def following(access: Access, pace: Pace = PATIENT) -> AsyncIterator[Follower]:
    follower = Follower()

    async def run() -> None:
        async with aclosing(follow(access, pace)) as events:
            async for found in events:
                follower.take(found)

    task = asyncio.create_task(run())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def watching(api: KubernetesApi, count: int = 1) -> None:
    """Until so many watches were begun."""

    async def begun() -> int:
        return len(api.watches())

    await until(begun, lambda found: found >= count, 60)


async def test_all_pages_are_read_and_then_every_change(tmp_path: Path) -> None:
    """With the pod's own token and authority; of one namespace when one is named."""
    async with kubernetes_api(tmp_path / "access") as (api, access):
        for name in ("a", "b", "c", "d", "e"):
            api.put(f"shop/{name}")
        api.put("bank/ledger", scrape="true")
        async with following(access) as follower:
            await follower.until(**{f"shop__{name}": {} for name in "abcde"}, bank__ledger={"scrape": "true"})
            api.put("shop/a", scrape="true", path="/healthz")
            api.delete("shop/b")
            for name in "cde":
                api.delete(f"shop/{name}")
            await follower.until(shop__a={"scrape": "true", "path": "/healthz"}, bank__ledger={"scrape": "true"})
            assert follower.lists == len(api.lists()) == 1
            assert {query["namespace"] for query in api.asked} == {""}
        own = Access(url=access.url, folder=access.folder, namespace="bank")
        async with following(own) as follower:
            await follower.until(bank__ledger={"scrape": "true"})
            assert api.asked[-1]["namespace"] == "bank"


async def test_a_watch_that_ends_goes_on_from_its_last_bookmark(tmp_path: Path) -> None:
    """Without a second list; nothing that happened in between is lost."""
    async with kubernetes_api(tmp_path / "access") as (api, access), following(access, QUICK) as follower:
        await watching(api)
        api.bookmark()
        marked = api.version
        await until(lambda: _versions(api), lambda versions: str(marked) in versions, 60)
        api.put("shop/late")
        await follower.until(shop__late={})
        assert follower.lists == 1


async def _versions(api: KubernetesApi) -> set[str]:
    return {query["resourceVersion"] for query in api.watches()}


async def test_a_version_that_is_forgotten_is_answered_by_a_new_list(tmp_path: Path) -> None:
    """In the midst of a watch, and as the answer to one."""
    async with kubernetes_api(tmp_path / "access") as (api, access), following(access, QUICK) as follower:
        await watching(api)
        api.put("shop/a")
        await follower.until(shop__a={})
        api.services["shop/unheard"] = {"metadata": {"name": "unheard", "namespace": "shop"}, "spec": {}}
        api.forget()
        await follower.until(shop__a={}, shop__unheard={})
        api.services.pop("shop/a")
        api.version += 10
        api.forgotten = api.version
        await follower.until(shop__unheard={})
        assert follower.lists >= 3


async def test_a_token_that_ended_is_read_anew(tmp_path: Path) -> None:
    async with kubernetes_api(tmp_path / "access") as (api, access):
        api.token = "second"
        async with following(access) as follower:
            await until(lambda: _asked(api), lambda asked: asked >= 2, 60)
            assert follower.found == []
            (access.folder / "token").write_text("second\n")
            api.put("shop/a")
            await follower.until(shop__a={})


async def _asked(api: KubernetesApi) -> int:
    return len(api.asked)


async def test_a_connection_that_is_open_on_our_side_only_is_given_up(tmp_path: Path) -> None:
    async with kubernetes_api(tmp_path / "access") as (api, access), following(access, QUICK) as follower:
        await watching(api)
        api.deaf = True
        api.put("shop/unheard")
        count = len(api.watches())
        await watching(api, count + 1)
        api.deaf = False
        api.put("shop/heard")
        await follower.until(shop__unheard={}, shop__heard={})
        assert follower.lists == 1


async def test_nonsense_costs_nothing_but_itself(tmp_path: Path) -> None:
    async with kubernetes_api(tmp_path / "access") as (api, access), following(access) as follower:
        await watching(api)
        api.say({"type": "ADDED", "object": {"metadata": {"name": 5}}})
        api.say({"type": "ADDED", "object": {"metadata": {"name": "x", "annotations": "none"}}})
        api.say({"type": "ERROR", "object": {"code": 500, "message": "etcd is away"}})
        await watching(api, 2)
        api.put("shop/a")
        await follower.until(shop__a={})
        assert follower.lists == 1


async def test_an_api_that_cannot_be_used_is_tried_again(tmp_path: Path) -> None:
    """Nobody there, no token, no authority, and one that signed another certificate; each is said once."""
    async with kubernetes_api(tmp_path / "one") as (api, access), kubernetes_api(tmp_path / "other") as (_, stranger):
        empty = tmp_path / "empty"
        empty.mkdir()
        wrong = [
            Access(url="https://127.0.0.1:1", folder=access.folder),
            Access(url=access.url, folder=empty),
            Access(url=access.url, folder=stranger.folder),
        ]
        for unusable in wrong:
            with capture_logs() as logs:
                async with following(unusable, QUICK) as follower:
                    await until(partial(_told, logs), lambda told: told == ["kubernetes.waiting"], 60)
                assert follower.found == []
        async with following(Access(url=access.url, folder=empty)) as follower:
            api.put("shop/a")
            for name in ("token", "ca.crt"):
                (empty / name).write_bytes((access.folder / name).read_bytes())
            await follower.until(shop__a={})


async def _told(logs: Sequence[Any]) -> list[str]:
    return [line["event"] for line in logs]
