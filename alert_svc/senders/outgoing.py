"""What a sender is given, and how it went."""

from datetime import datetime

from msgspec import Struct

from shared.contracts.alerts.deliveries import AlertMessage, SendError, SendErrorCode


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message on its way to one channel. `id` is the same for every attempt; `link`: the incident's page, if Belfry
    knows its own address; `thread`: the provider's id of the first message of this incident in this channel; `done`:
    the parts that the provider has accepted already; `callback`: where the provider may tell whether it arrived, or
    empty; `at`: now."""

    id: str
    message: AlertMessage
    at: datetime
    link: str = ""
    thread: str | None = None
    done: tuple[str, ...] = ()
    callback: str = ""


class Receipt(Struct, frozen=True, kw_only=True):
    """The provider has accepted it. `awaits_word`: it will know later whether it arrived."""

    detail: str
    provider_id: str | None = None
    awaits_word: bool = False


class SendFault(Exception):
    """It was not accepted. `done`: the parts of it that were."""

    def __init__(self, error: SendError, retry_after_seconds: float | None = None, done: tuple[str, ...] = ()) -> None:
        super().__init__(f"{error.code}: {error.detail}")
        self.error, self.retry_after_seconds, self.done = error, retry_after_seconds, done


def refused(
    code: SendErrorCode, detail: str, hint: str = "", status: int | None = None, *, is_permanent: bool = True
) -> SendFault:
    return SendFault(SendError(code=code, detail=detail, hint=hint, status=status, is_permanent=is_permanent))


def failed(code: SendErrorCode, detail: str, hint: str = "", status: int | None = None) -> SendFault:
    """It may work later."""
    return refused(code, detail, hint, status, is_permanent=False)
