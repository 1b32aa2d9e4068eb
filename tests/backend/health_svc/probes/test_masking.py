"""What is kept of an answer holds no secrets."""

import pytest

from health_svc.probes.masking import answer_head, masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"password": "hunter2"}', '{"password": "***"}'),
        ('{"db_password": 12345}', '{"db_password": "***"}'),
        ('{"api-key":"k-1","name":"ana"}', '{"api-key":"***","name":"ana"}'),
        ('{"tokens": ["t-1", "t-2"], "n": 1}', '{"tokens": "***", "n": 1}'),
        ('{"credentials": {"user": "u", "word": "w"}}', '{"credentials": "***"}'),
        ('{"note": "a \\" quote", "secret": "x \\" y"}', '{"note": "a \\" quote", "secret": "***"}'),
        ('{"secret": "cut off in the mid', '{"secret": "***"'),
        ("see https://ana:geheim@shop.example/a", "see https://ana:***@shop.example/a"),
        ("/next?access_token=abc123&page=2", "/next?access_token=***&page=2"),
        ("Authorization was Bearer abcdef123456", "Authorization was Bearer ***"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "jwt ***"),
        ('{"status": "pass", "passed": 3}', '{"status": "pass", "passed": 3}'),
    ],
)
def test_secrets_are_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_the_head_is_bounded_and_hides_what_was_sent() -> None:
    headers = [("Set-Cookie", "sid=1"), ("X-Auth-Token", "tok"), ("X-Team", "shop"), ("X-Long", "l" * 5000)]
    head = answer_head(200, headers, "you sent word-1" + "b" * 5000, sent=["word-1"])
    assert head.startswith("HTTP 200\nSet-Cookie: ***\nX-Auth-Token: ***\nX-Team: shop\n")
    assert len(head) <= 2048
    assert "word-1" not in answer_head(200, [], "you sent word-1", sent=["word-1"])
