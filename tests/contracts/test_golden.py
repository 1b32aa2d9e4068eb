"""Golden files: the wire form of every answer, read and written back without a difference."""

import msgspec
import pytest

from belfry_reporter import wire
from shared.contracts.latency import SAMPLES_SUBJECT, UNMATCHED_ROUTE
from shared.contracts.wire import type_of
from shared.events import all_events
from tests.contracts.shop import samples
from tests.contracts.shop.files import GOLDEN, answers, batches, messages

ANSWERS, MESSAGES, BATCHES = answers(), messages(), batches()
TYPES = {type_of(event): event for event in all_events()}


@pytest.mark.parametrize("path", ANSWERS)
def test_a_golden_answer_is_the_wire_form_of_its_contract(path: str) -> None:
    """R2.1.1: the board and every other answer keep their schema; a change of the wire shows up here."""
    golden = (GOLDEN / path).read_bytes()

    read = msgspec.json.decode(golden, type=type(ANSWERS[path]))

    assert read == ANSWERS[path], "run python -m tests.contracts.shop and read the difference"
    assert msgspec.json.decode(msgspec.json.encode(read)) == msgspec.json.decode(golden)


def test_no_golden_answer_lacks_its_contract() -> None:
    folders = {path.split("/")[0] for path in ANSWERS}
    stored = {str(path.relative_to(GOLDEN)) for folder in folders for path in (GOLDEN / folder).glob("*.json")}
    assert stored == set(ANSWERS)


@pytest.mark.parametrize("kind", TYPES)
def test_a_golden_event_is_the_wire_form_of_its_contract(kind: str) -> None:
    """Every event has a golden file; who only knows the file reads what the contract says."""
    path = f"events/{kind}.json"
    golden = msgspec.json.decode((GOLDEN / path).read_bytes())

    read = msgspec.convert(golden["payload"], TYPES[kind])

    assert golden == msgspec.to_builtins(MESSAGES[path]), "run python -m tests.contracts.shop and read the difference"
    assert msgspec.to_builtins(read) == golden["payload"]


def test_no_golden_event_lacks_its_contract() -> None:
    assert {path.name for path in (GOLDEN / "events").glob("*.json")} == {f"{kind}.json" for kind in TYPES}


@pytest.mark.parametrize("path", BATCHES)
def test_a_golden_batch_is_the_wire_form_of_its_contract(path: str) -> None:
    golden = (GOLDEN / path).read_bytes()

    assert msgspec.msgpack.decode(golden, type=type(BATCHES[path])) == BATCHES[path]
    assert msgspec.msgpack.encode(BATCHES[path]) == golden, "run python -m tests.contracts.shop"


def test_the_reporter_which_knows_no_contract_writes_the_same_bytes() -> None:
    keys = [(series.method, series.route, series.status_class) for series in samples.SERIES]

    written = wire.encoded("checkout", samples.AT, keys, samples.SERIES_IDS, samples.SECONDS)

    assert written == (GOLDEN / "latency/samples.msgpack").read_bytes()
    assert wire.subject_of("shop.de") == SAMPLES_SUBJECT.format(service="shop-de")
    assert wire.UNMATCHED_ROUTE == UNMATCHED_ROUTE
