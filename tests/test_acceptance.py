"""The page of what is proved tells the truth."""

from tests.acceptance import PAGE, lines, page, proofs


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == page(lines(), proofs()), "run: .venv/bin/python -m tests.acceptance"


def test_tests_name_only_lines_there_are() -> None:
    known = {line_id for area in lines().values() for line_id in area}
    assert set(proofs()) <= known


def test_a_line_without_a_test_stands_as_open() -> None:
    text = page({"health": {"F1.1.1": "It rings."}}, {})
    assert "| F1.1.1 | It rings. |  | open |" in text


def test_a_line_names_the_tests_that_prove_it() -> None:
    text = page({"health": {"F1.1.1": "It rings."}}, {"F1.1.1": ["tests/a.py::test_ring", "tests/b.jsx::rings a | b"]})
    assert "| F1.1.1 | It rings. | `tests/a.py::test_ring`<br>`tests/b.jsx::rings a / b` | proved |" in text
    assert "1 of 1 lines are proved" in text
