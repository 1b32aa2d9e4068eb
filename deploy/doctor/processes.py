"""The processes themselves, where they are known to us: ready, and all of one release."""

import asyncio
from typing import Any

import aiohttp

from deploy.doctor.finding import Finding, failed, ok, warning
from deploy.place import Place

ANSWER_SECONDS = 5.0


async def examine(place: Place) -> list[Finding]:
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        answers = await asyncio.gather(*(_readiness(http, url) for url in place.processes.values()))
    found = [judge(name, answer) for name, answer in zip(place.processes, answers, strict=True)]
    releases = {answer["releaseId"] for answer in answers if answer}
    if len(releases) > 1:
        found.append(warning("release", f"several run: {', '.join(sorted(releases))}", "Finish the upgrade"))
    return found


async def _readiness(http: aiohttp.ClientSession, url: str) -> dict[str, Any] | None:
    try:
        async with http.get(f"{url}/readyz", ssl=False) as answer:  # whom its certificate names is not asked here
            found: dict[str, Any] = await answer.json(content_type=None)
            return found
    except (OSError, aiohttp.ClientError, TimeoutError, ValueError):
        return None


def judge(name: str, answer: dict[str, Any] | None) -> Finding:
    if answer is None:
        return failed(name, "does not answer", f"Start it: python -m {name}")
    if answer["status"] == "pass":
        return ok(name, f"ready, release {answer['releaseId']}")
    reasons = [
        f"{what}: {each['output']}" for what, found in answer["checks"].items() for each in found if each.get("output")
    ]
    return failed(name, f"not ready: {'; '.join(reasons)}", "Put right what it waits for")
