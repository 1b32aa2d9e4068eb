"""Answers of services that are given again while they are fresh: in memory, the oldest go first."""

from collections import Counter, OrderedDict

from aiohttp import web
from msgspec import Struct
from multidict import CIMultiDict

from gateway.whole_response import WholeResponse

Key = tuple[str, bool]
"""Path with query, and whether the client takes gzip."""


class Kept(Struct, frozen=True):
    """An answer, and how long it is fresh."""

    subject: str
    fresh_until: float
    headers: CIMultiDict[str]
    body: bytes

    def answer(self) -> web.Response:
        return WholeResponse(self.body, self.headers)


class AnswersKept:
    """`subject`: what an answer is about, such as `health`. A question asked before something was said about its
    subject has an answer that may be from before, too: it is not kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._said: Counter[str] = Counter()
        self._clears = 0

    def get(self, key: Key, now: float) -> Kept | None:
        kept = self._kept.get(key)
        return kept if kept is not None and now < kept.fresh_until else None

    def moment(self, subject: str) -> int:
        """Grows when something is said about the subject."""
        return self._said[subject] + self._clears

    def put(self, key: Key, kept: Kept, moment: int, most: int) -> None:
        """`moment`: when the question was asked."""
        if moment != self.moment(kept.subject):
            return
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > most:
            self._kept.popitem(last=False)

    def said(self, subject: str) -> None:
        """What is kept about the subject is not fresh any more."""
        self._said[subject] += 1
        for key in [key for key, kept in self._kept.items() if kept.subject == subject]:
            del self._kept[key]

    def clear(self) -> None:
        """Something may have been said about anything."""
        self._clears += 1
        self._kept.clear()
