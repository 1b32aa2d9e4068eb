"""How probes put things in words: durations, addresses, timeouts."""

from shared.contracts.health.runs import Phase

PHASE_WORDS = {"dns": "DNS", "tls": "TLS", "first_byte": "first byte"}
SILENCE = {
    "dns": "no word from the resolver",
    "connect": "no connection",
    "tls": "no TLS handshake",
    "body": "the answer did not end",
    "handshake": "no WebSocket handshake",
    "ping": "no answer to the ping",
    "expect": "the expected text did not come",
}
UNTOLD = ("request",)  # takes no time worth a word


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
    done = [
        f"{PHASE_WORDS.get(phase.name, phase.name)} {duration(phase.duration_ms)}"
        for phase in phases
        if phase.name not in UNTOLD
    ]
    ended = SILENCE.get(current, "silence" if done else "")
    story = ", ".join([*done, f"then {ended}"]) if done else ended
    story = f". {story[0].upper()}{story[1:]}" if story else ""
    return f"No answer within {duration(timeout_seconds * 1000)}{story}"
