"""The two encodings of OTLP over HTTP: binary protobuf, and protobuf's JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from shared.problems import bad_request

PROTOBUF, JSON = "application/x-protobuf", "application/json"
CONTENT_TYPES = (PROTOBUF, JSON)

MessageT = TypeVar("MessageT", bound=Message)


def decode(body: bytes, content_type: str, kind: type[MessageT]) -> MessageT:
    """Raises ProblemError 400 with what is wrong."""
    return _from_json(body, kind) if content_type == JSON else _from_protobuf(body, kind)


def as_protobuf(body: bytes, content_type: str, kind: type[Message]) -> bytes:
    """The same in protobuf. Raises ProblemError 400 for what is no JSON of it."""
    return _from_json(body, kind).SerializeToString() if content_type == JSON else body


@contextmanager
def explained(kind: type[Message]) -> Iterator[None]:
    """Around the reading of protobuf: raises ProblemError 400 with what is wrong."""
    try:
        yield
    except DecodeError as error:
        raise bad_request(f"The body is no {kind.__name__} in protobuf: {error}") from error


def encode(message: Message, content_type: str) -> bytes:
    if content_type == JSON:
        return json_format.MessageToJson(message, indent=None).encode()
    return message.SerializeToString()


def _from_protobuf(body: bytes, kind: type[MessageT]) -> MessageT:
    with explained(kind):
        return kind.FromString(body)


def _from_json(body: bytes, kind: type[MessageT]) -> MessageT:
    """Ids of traces are written in hexadecimal, which is read as base64: `examples.trace_id_of` reads them back."""
    try:
        document = msgspec.json.decode(body)
        if not isinstance(document, dict):
            raise json_format.ParseError("it must be an object")
        return json_format.ParseDict(document, kind(), ignore_unknown_fields=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(f"The body is no JSON: {error}") from error
    except (json_format.ParseError, AttributeError, TypeError, ValueError) as error:
        raise bad_request(f"The body is no {kind.__name__} in JSON: {error}") from error
