"""The shop's notification channels, and messages on their way."""

from datetime import datetime, timedelta
from typing import Any

from shared.contracts.alerts.channels import AlertChannel, AlertChannels, LastDelivery, SecretState
from shared.contracts.alerts.deliveries import AlertDeliveries, AlertDelivery, DeliveryStep, SendError, TestResult
from tests.contracts.shop.clock import today

FIRED = today("14:03:38")


def _channel(
    id: str, name: str, kind: Any, config: dict[str, Any], secret: str, target: str, **more: Any
) -> AlertChannel:
    given: dict[str, Any] = {
        "enabled": True,
        "secrets": {secret: SecretState(set_at=today("06:00:00"), hint="••••x7Qa")},
        "fallback": None,
        "fallback_after_seconds": 900.0,
        "used_by_rules": [],
        "used_by_policies": [],
        "last_delivery": None,
        "version": 1,
        "source": "api",
        "updated_by": "ana",
        "updated_at": today("06:00:00"),
    }
    return AlertChannel(id=id, name=name, kind=kind, config=config, target=target, **{**given, **more})


OPS = _channel(
    "ops", "#ops", "slack", {"channel": ""}, "webhook_url", "https://hooks…/T0••••",
    used_by_rules=["service-down", "checkout-p99", "payments-errors", "socket-pool"],
    last_delivery=LastDelivery(at=FIRED, state="accepted", detail="Slack took it in 412 ms"),
)  # fmt: skip

CHANNELS = AlertChannels(
    kinds=["slack", "email", "sms", "webhook", "pagerduty", "teams", "discord", "telegram", "apprise"],
    channels=[
        OPS,
        _channel(
            "sms-oncall", "sms-oncall", "sms",
            {"provider": "twilio", "to": ["+4915112345678"], "account_sid": "AC" + "0" * 32, "from_number": "+4930555"},
            "auth_token", "+49151•••678", used_by_rules=["checkout-p99"], used_by_policies=["on-call"],
            last_delivery=LastDelivery(at=FIRED, state="delivered", detail="Delivered to 1 of 1"),
        ),
        _channel(
            "email-platform", "email-platform", "email",
            {
                "host": "smtp.shop.example", "port": 587, "security": "starttls", "username": "belfry",
                "from_address": "belfry@shop.example", "to": ["platform@shop.example"],
            },
            "password", "platform@shop.example", fallback="ops", used_by_rules=["tls-expires"],
            last_delivery=LastDelivery(at=FIRED, state="failed", detail="The mailbox is full"),
        ),
        _channel(
            "page-oncall", "page-oncall", "pagerduty", {"region": "us"}, "routing_key", "PagerDuty, US",
            used_by_rules=["service-down"], used_by_policies=["on-call"],
        ),
        _channel(
            "search", "#search", "webhook", {"headers": {}}, "url", "https://hooks.shop…/s••••", enabled=False,
            used_by_rules=["search-p95"],
        ),
    ]
)  # fmt: skip


def delivery(number: int, channel: AlertChannel, steps: list[tuple[str, float, str]], **more: Any) -> AlertDelivery:
    """A delivery of incident 2041 that went through these states, each so many seconds after it fired."""
    given: dict[str, Any] = {
        "incident_id": "2041",
        "reason": "fired",
        "step": 0,
        "loop": 0,
        "attempts": 1,
        "next_attempt_at": None,
        "provider_id": None,
        "error": None,
        "possible_duplicate": False,
        "fallback_of": None,
    }
    return AlertDelivery(
        id=f"01997c2e-7f60-7b3a-9a55-{number:012d}",
        channel_id=channel.id,
        channel_name=channel.name,
        kind=channel.kind,
        state=steps[-1][0],  # type: ignore[arg-type]
        steps=[DeliveryStep(state=state, at=_after(seconds), detail=text) for state, seconds, text in steps],  # type: ignore[arg-type]
        queued_at=_after(steps[0][1]),
        **{**given, **more},
    )


def _after(seconds: float) -> datetime:
    return FIRED + timedelta(seconds=seconds)


TO_OPS = delivery(1, OPS, [("queued", 0, ""), ("accepted", 0.4, "Slack took it in 412 ms")], provider_id="1764000218.1")
TO_SMS = delivery(
    2,
    CHANNELS.channels[1],
    [("queued", 0, ""), ("sent", 0.9, "Twilio has queued it"), ("delivered", 4.1, "")],
    provider_id="SM" + "1" * 32,
)
TO_EMAIL = delivery(
    3,
    CHANNELS.channels[2],
    [
        ("queued", 0, ""),
        ("retrying", 1.2, "421 Try again later"),
        ("failed", 7.4, "552 The mailbox is full"),
    ],
    attempts=2,
    error=SendError(
        code="refused",
        detail="552 The mailbox is full",
        hint="Ask the owner of platform@shop.example to make room",
        status=552,
        is_permanent=True,
    ),
)
INSTEAD = delivery(
    4, OPS, [("queued", 7.4, "Instead of email-platform"), ("accepted", 7.5, "")], fallback_of=TO_EMAIL.id,
    possible_duplicate=True,
)  # fmt: skip

DELIVERIES = AlertDeliveries(deliveries=[INSTEAD, TO_EMAIL, TO_SMS, TO_OPS], next_cursor=None)

ACCEPTED = TestResult(success=True, channel="ops", message="Slack took it in 412 ms", duration_ms=412.0)
REFUSED = TestResult(
    success=False,
    channel="sms-oncall",
    error="Twilio refused: the sender number is not verified (21606)",
    hint="Verify +4930555 in Twilio's console, or choose another sender number",
    code="refused",
    duration_ms=380.0,
)
