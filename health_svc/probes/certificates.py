"""TLS contexts, certificates and what is wrong with them in words."""

import ssl
from datetime import UTC, datetime
from functools import lru_cache

EXPIRED_CODE = 10
MISMATCH_CODES = (62, 64)
_VERIFY_WORDS = {
    9: "is not valid yet",
    EXPIRED_CODE: "has ended",
    18: "is self-signed and not trusted here",
    19: "is signed by an authority that is not trusted here",
    20: "is signed by an authority that is not trusted here",
    21: "comes without its intermediate certificates",
    23: "was revoked",
    62: "is for other names",
    64: "is for other addresses",
}
_HANDSHAKE_WORDS = (
    ("WRONG_VERSION_NUMBER", "answered without TLS"),
    ("UNEXPECTED_EOF", "closed the connection during the TLS handshake"),
    ("CERTIFICATE_REQUIRED", "asks for a client certificate"),
    ("UNRECOGNIZED_NAME", "does not know this server name"),
    ("PROTOCOL_VERSION", "offers only TLS versions that are no longer safe"),
    ("UNSUPPORTED_PROTOCOL", "offers only TLS versions that are no longer safe"),
    ("HANDSHAKE_FAILURE", "refused the TLS handshake"),
)


@lru_cache(16)
def client_context(ca_file: str | None, verify: bool, alpn: str) -> ssl.SSLContext:
    """A client's side of TLS, made once: to read the system's authorities takes 20 ms. `ca_file`: PEM authorities
    trusted besides those; `alpn`: the one protocol to offer, if any."""
    context = ssl.create_default_context() if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if verify and ca_file:
        context.load_verify_locations(ca_file)
    if alpn:
        context.set_alpn_protocols([alpn])
    return context


def ends_at(connection: ssl.SSLObject) -> datetime | None:
    """When the peer's certificate ends; none when it showed none."""
    if told := connection.getpeercert():
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    unverified = connection.getpeercert(binary_form=True)
    return _read_end(unverified) if unverified else None


@lru_cache(1024)
def _read_end(certificate: bytes) -> datetime:
    """ssl reads only certificates it verified. Imported here: 9 MB that few processes need."""
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(certificate).not_valid_after_utc


def days_words(ends: datetime, now: datetime) -> str:
    """`ends in 3 days`, `ended 1 day ago`, `ends in 5 hours`."""
    seconds = (ends - now).total_seconds()
    hours = int(abs(seconds) // 3600)
    amount, unit = (hours // 24, "day") if hours >= 24 else (hours, "hour")
    span = "less than an hour" if hours == 0 else f"{amount} {unit}{'' if amount == 1 else 's'}"
    return f"ended {span} ago" if seconds < 0 else f"ends in {span}"


def verify_words(error: ssl.SSLCertVerificationError) -> str:
    """What a verification found, to follow `the certificate of X ...`."""
    return _VERIFY_WORDS.get(error.verify_code, f"cannot be verified: {error.verify_message}")


def handshake_words(error: ssl.SSLError) -> str:
    """Why a handshake broke, to follow the target's name."""
    reason = error.reason or type(error).__name__
    known = (words for token, words in _HANDSHAKE_WORDS if token in reason)
    return next(known, f"broke off the TLS handshake: {reason.replace('_', ' ').lower()}")
