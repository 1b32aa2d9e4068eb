"""What the switch for faults understands."""

import pytest

from demo.faults import Faults, parse


def test_faults_are_read_whole() -> None:
    assert parse('{"slow_ms": 800, "fail": true}') == Faults(800, True)
    assert parse("{}") == Faults()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "expected an object"),
        ("{", "Expecting property name"),
        ('{"slow_ms": "long"}', "slow_ms: expected a number"),
        ('{"slow_ms": -1}', "slow_ms: expected a number"),
        ('{"slow_ms": true}', "slow_ms: expected a number"),
        ('{"fail": 1}', "fail: expected true or false"),
    ],
)
def test_faults_that_are_none(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text)
