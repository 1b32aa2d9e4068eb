"""Golden files: the wire form of every answer, read and written back without a difference."""

import msgspec
import pytest

from tests.contracts.shop.files import GOLDEN, answers

ANSWERS = answers()


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
