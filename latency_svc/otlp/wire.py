"""Many protobuf messages of one kind at once: each step reads the next field of all of them, by numpy.

Only what is plain is read: one-byte tags of the fields that are asked for. A message with anything else, or that is
none, is told as odd, and protobuf itself may read it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Kind = Literal["fixed64", "varint", "message", "run"]
"""`message`: one, by its content. `run`: a repeated field, from the tag of the first to the end of the last."""

CONTINUED, PAYLOAD, PAYLOAD_BITS = 0x80, 0x7F, 7
"""Of a byte of a varint: there is more, what counts, and how many bits that is."""
MOST_VARINT = 5  # bytes: 32 bits and the sign
PADDING = bytes(16)  # what is read beyond the end of a message that is none
WIRE_TYPES: dict[Kind, int] = {"varint": 0, "fixed64": 1, "message": 2, "run": 2}


class Field(Struct, frozen=True):
    """Of every message: `told`, whether it has the field; its number, or its place from `values` up to `ends`."""

    told: Flags
    values: NDArray[np.uint64]
    ends: Places


class Fields(Struct, frozen=True):
    by_name: dict[str, Field]
    odd: Flags

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]


class _Reading(Struct):
    """`at`: where each message is read next."""

    data: Bytes
    at: Places
    odd: Flags


def joined(messages: Sequence[bytes]) -> tuple[Bytes, Places, Places]:
    """All of them, with room behind, and where each begins and ends."""
    ends = np.cumsum(np.fromiter(map(len, messages), np.int64, len(messages)))
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    return np.frombuffer(b"".join((*messages, PADDING)), np.uint8), starts, ends


def read_fields(data: Bytes, starts: Places, ends: Places, wanted: Mapping[int, tuple[str, Kind]]) -> Fields:
    """`wanted`: by the number of a field its name and kind. `data` has PADDING behind the last message. An odd message
    has no field."""
    reading = _Reading(data, starts.copy(), np.zeros(starts.size, np.bool_))
    fields = {
        number << 3 | WIRE_TYPES[kind]: (name, kind, _untold(starts.size)) for number, (name, kind) in wanted.items()
    }
    left = np.flatnonzero(starts < ends)
    while left.size:
        tags = data[reading.at[left]]
        for tag in np.flatnonzero(np.bincount(tags)).tolist():
            mine = left[tags == tag]
            if tag in fields:
                _, kind, field = fields[tag]
                _READERS[kind](reading, field, mine)
            else:
                reading.odd[mine] = True
        left = left[(reading.at[left] < ends[left]) & ~reading.odd[left]]
    odd = reading.odd | (reading.at > ends)
    for _, _, field in fields.values():
        field.told[odd], field.values[odd], field.ends[odd] = False, 0, 0
    return Fields({name: field for name, _, field in fields.values()}, odd)


def zigzag(values: NDArray[np.uint64]) -> Places:
    """What a varint says where the schema says sint32."""
    plain = (values & np.uint64(0xFFFF_FFFF)).astype(np.int64)
    return (plain >> 1) ^ -(plain & 1)


def _untold(size: int) -> Field:
    return Field(np.zeros(size, np.bool_), np.zeros(size, np.uint64), np.zeros(size, np.int64))


def _read_fixed64(reading: _Reading, field: Field, mine: Places) -> None:
    at = reading.at[mine] + 1
    words = np.ndarray(reading.data.size - 7, "<u8", reading.data, strides=(1,))
    field.told[mine] = True
    field.values[mine] = words[np.minimum(at, words.size - 1)]
    reading.at[mine] = at + 8


def _read_varint(reading: _Reading, field: Field, mine: Places) -> None:
    field.told[mine] = True
    field.values[mine], reading.at[mine] = _varint(reading, mine, reading.at[mine] + 1)


def _read_message(reading: _Reading, field: Field, mine: Places) -> None:
    reading.odd[mine] |= field.told[mine]
    _read_content(reading, field, mine)


def _read_run(reading: _Reading, field: Field, mine: Places) -> None:
    """Each must be where the one before it ended."""
    at, went_on = reading.at[mine], field.told[mine]
    reading.odd[mine] |= went_on & (field.ends[mine] != at)
    first = np.where(went_on, field.values[mine], at.astype(np.uint64))
    _read_content(reading, field, mine)
    field.values[mine] = first


def _read_content(reading: _Reading, field: Field, mine: Places) -> None:
    length, start = _varint(reading, mine, reading.at[mine] + 1)
    field.told[mine] = True
    field.values[mine] = start
    field.ends[mine] = reading.at[mine] = start + length.astype(np.int64)


def _varint(reading: _Reading, mine: Places, at: Places) -> tuple[NDArray[np.uint64], Places]:
    """The number at each place, and the place behind it; one that is too long makes its message odd."""
    last = reading.data.size - 1
    read = reading.data[np.minimum(at, last)]
    value, goes_on = (read & PAYLOAD).astype(np.uint64), read >= CONTINUED
    at = at + 1
    for place in range(1, MOST_VARINT):
        if not goes_on.any():
            break
        read = np.where(goes_on, reading.data[np.minimum(at, last)], 0)
        value |= (read & PAYLOAD).astype(np.uint64) << np.uint64(PAYLOAD_BITS * place)
        at = at + goes_on
        goes_on = read >= CONTINUED
    reading.odd[mine] |= goes_on
    return value, at


_READERS: dict[Kind, Callable[[_Reading, Field, Places], None]] = {
    "fixed64": _read_fixed64,
    "varint": _read_varint,
    "message": _read_message,
    "run": _read_run,
}
