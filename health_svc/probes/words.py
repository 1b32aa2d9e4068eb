"""How probes put things in words: durations, addresses, timeouts."""

from shared.contracts.health import Phase

PHASE_WORDS = {"dns": "DNS", "tls": "TLS", "first_byte": "first byte"}
SILENCE = {
    "": "then silence",
    "dns": "the resolver stayed silent",
    "connect": "then no connection",
    "tls": "then no TLS handshake",
    "first_byte": "then silence",
    "body": "then the answer did not end",
    "login": "then no answer to the login",
    "query": "then no answer to the query",
    "handshake": "then no WebSocket handshake",
    "ping": "then no answer to the ping",
    "expect": "then the expected text did not come",
}
MAX_REASON = 160


def duration(milliseconds: float) -> str:
    """`12 ms`, `0.4 ms`, `1.2 s`, `4 s`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.2g} s" if milliseconds < 9950 else f"{milliseconds / 1000:.0f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 1 else f"{milliseconds:.1f} ms"


def endpoint(host: str, port: int) -> str:
    """`db.shop:5432`, `[::1]:5432`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def short(text: str, limit: int = 60) -> str:
    """One line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def timed_out(timeout_seconds: float, phases: list[Phase], current: str) -> str:
    """`No answer within 4 s. DNS 12 ms, connect 31 ms, TLS 88 ms, then silence`."""
    told = [phase for phase in phases if phase.name != "request"]
    done = [f"{PHASE_WORDS.get(phase.name, phase.name)} {duration(phase.duration_ms)}" for phase in told]
    ended = SILENCE.get(current, "then silence") if done else SILENCE.get(current, "").removeprefix("then ")
    story = ", ".join([*done, ended]).strip()
    story = f". {story[0].upper()}{story[1:]}" if story else ""
    return f"No answer within {duration(timeout_seconds * 1000)}{story}"
