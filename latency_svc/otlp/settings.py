"""What the door for OpenTelemetry is told from outside."""

from shared.settings import Port, Settings


class OtlpSettings(Settings, frozen=True, kw_only=True):
    """`otlp_host`: None for that of the process. `otlp_port` 0 takes any free one. With `otlp_token`, clients must send
    it as a bearer token."""

    otlp_host: str | None = None
    otlp_port: Port = 4318
    otlp_token: str | None = None
