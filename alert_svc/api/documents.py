"""What the endpoints of policies and of mute timings share."""

from collections.abc import Collection, Sequence

from alert_svc.api.rules import slug
from alert_svc.store import documents
from alert_svc.store.documents import Document, Table
from shared.db import Connection
from shared.problems import conflict, not_found

NAMES: dict[Table, str] = {"policy": "policy", "mute_timing": "mute timing"}


async def document_or_404(conn: Connection, table: Table, id: str, *, lock: bool = False) -> Document:
    found = await documents.get_document(conn, table, id, lock=lock)
    if found is None:
        raise not_found(f"There is no {NAMES[table]} {id}")
    return found


async def free_id(conn: Connection, table: Table, wanted: str | None, name: str) -> str:
    """The id that was asked for, which must be free, or one made from the name."""
    taken = {document.id for document in await documents.list_documents(conn, table)}
    return free_name(taken, NAMES[table], wanted, name)


def free_name(taken: Collection[str], what: str, wanted: str | None, name: str) -> str:
    """As `free_id`, among the ids that are taken. Raises ProblemError 409."""
    if wanted is not None:
        if wanted in taken:
            raise conflict(f"There is a {what} {wanted} already; choose another id or change that one")
        return wanted
    made = slug(name)
    numbered = (made if number == 1 else f"{made}-{number}" for number in range(1, len(taken) + 2))
    return next(id for id in numbered if id not in taken)


def refuse_used(id: str, rules: Sequence[str]) -> None:
    if rules:
        raise conflict(f"{id} is named by {', '.join(rules[:5])}; change those rules first", used_by=list(rules))
