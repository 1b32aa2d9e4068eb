"""Who may come in, by address. Denied goes before allowed."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from aiohttp import web

from gateway.client import client_ip
from gateway.interceptors.step import Gate, Tools, among
from shared.contracts.interceptors import IpRulesSettings
from shared.problems import forbidden

REMEMBERED = 4096


def build(settings: IpRulesSettings, tools: Tools) -> Gate | None:
    allow = [ip_network(text, strict=False) for text in settings.allow]
    deny = [ip_network(text, strict=False) for text in settings.deny]
    spared = among(settings.except_paths)

    @lru_cache(REMEMBERED)
    def may(address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return not any(found in network for network in deny) and (
            not allow or any(found in network for network in allow)
        )

    def ip_rules(request: web.Request) -> None:
        if not may(client_ip()) and not spared(request.path):
            raise forbidden("Requests from your address are not allowed", code="ip_rules")

    return Gate(ip_rules) if allow or deny else None
