"""What the codes of errors mean, in words: our own close codes, those of RFC 6455, and HTTP's."""

from http import HTTPStatus

from shared.contracts.live import CLOSE_CODES

OF_RFC_6455 = {
    1000: "Closed in good order",
    1001: "The other side went away",
    1002: "A frame broke the protocol",
    1003: "A kind of data that is not taken",
    1005: "Closed without a code",
    1006: "The connection broke off",
    1007: "Text that is not UTF-8",
    1008: "Against the rules of the server",
    1009: "The message was too large",
    1010: "The server lacks an extension",
    1011: "The server failed",
    1012: "The server restarts",
    1013: "Try again later",
    1014: "A gateway got a bad answer",
    1015: "The TLS handshake failed",
}
_MEANINGS = (
    {status.value: status.phrase for status in HTTPStatus}
    | OF_RFC_6455
    | {each.code: each.reason for each in CLOSE_CODES}
)


def meaning_of(code: int) -> str:
    return _MEANINGS.get(code, f"Code {code}")
