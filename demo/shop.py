"""What the shop serves: which endpoints, how much work each is, and whom it asks."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
PORTS = {"edge": 8091, "checkout": 8092, "payments": 8093, "catalogue": 8094, "partners": 8095}
"""Where each listens, unless PORT says otherwise."""


@dataclass(frozen=True)
class Call:
    """A request to another service. When that one fails: `instead_ms` of other work, or None: the caller fails too."""

    to: str
    method: str
    path: str
    instead_ms: float | None = None


@dataclass(frozen=True)
class Endpoint:
    """Half of its own work takes less than `median_ms`; `spread` is the sigma of its logarithm."""

    method: str
    route: str
    median_ms: float
    spread: float = 0.35
    failing_pct: float = 0.0
    calls: tuple[Call, ...] = ()


SHOP: Mapping[str, tuple[Endpoint, ...]] = {
    "edge": (
        Endpoint("GET", "/", 12, calls=(Call("catalogue", "GET", "/products"),)),
        Endpoint("GET", "/products/{id}", 5, calls=(Call("catalogue", "GET", "/products/1"),)),
        Endpoint("GET", "/search", 8, calls=(Call("catalogue", "GET", "/search"),)),
        Endpoint("GET", "/basket", 6, calls=(Call("checkout", "GET", "/baskets/1"),)),
        Endpoint("POST", "/basket/items", 9, calls=(Call("checkout", "PUT", "/baskets/1/items"),)),
        Endpoint("POST", "/orders", 15, calls=(Call("checkout", "POST", "/orders"),)),
        Endpoint("GET", "/assets/{name}", 2, spread=0.5),
    ),
    "checkout": (
        Endpoint("GET", "/baskets/{id}", 7),
        Endpoint("PUT", "/baskets/{id}/items", 22, calls=(Call("catalogue", "GET", "/stock/1", instead_ms=0),)),
        Endpoint("POST", "/orders", 45, failing_pct=0.5, calls=(Call("payments", "POST", "/charges"),)),
    ),
    "payments": (
        Endpoint("POST", "/charges", 340, failing_pct=1, calls=(Call("partners", "GET", "/bank", instead_ms=250),)),
        Endpoint("GET", "/charges/{id}", 9),
    ),
    "catalogue": (
        Endpoint("GET", "/products", 18),
        Endpoint("GET", "/products/{id}", 6, spread=0.5),
        Endpoint("GET", "/search", 140, spread=0.4, failing_pct=0.2),
        Endpoint("GET", "/stock/{id}", 4),
    ),
}

VISITS: Mapping[tuple[str, str], float] = {
    ("GET", "/"): 4,
    ("GET", "/assets/logo.svg"): 5,
    ("GET", "/products/7"): 5,
    ("GET", "/search"): 3,
    ("GET", "/basket"): 2,
    ("POST", "/basket/items"): 2,
    ("POST", "/orders"): 1.5,
    ("GET", "/wp-login.php"): 0.1,
}
"""What customers ask of the edge, and how often in relation to the rest."""


def url_of(name: str) -> str:
    """Where another service is reached: EDGE_URL, CHECKOUT_URL ..."""
    return os.environ.get(f"{name.upper()}_URL", f"http://{HOST}:{PORTS[name]}")
