"""What the documents say is so: commands, variables, examples, links and tables."""

import re
from pathlib import Path

import msgspec
import pytest
from ruamel.yaml import YAML as Reader

from alert_svc.declared import parse as parse_alerts
from alert_svc.rule_tests import RuleTest, failures
from health_svc.declared import parse
from shared.settings import VARIABLES, VARIABLES_OF_BELFRY
from tests.reference import ROOT, WRITTEN, fields_of, meanings, pages

DOCUMENTS = (*sorted(ROOT.glob("*.md")), ROOT / "belfry_reporter" / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
TEXT = {str(path.relative_to(ROOT)): path.read_text() for path in DOCUMENTS}
PAGES = {path.name: (path, text) for path, text in pages().items()}
COMMAND = re.compile(r"`(?:[A-Z_]+=\S+ )*make ([a-z -]*[a-z])")
MODULE = re.compile(r"python3? -m ([a-z_.]+)")
YAML = re.compile(r"^( *)```yaml\n(.*?)```", re.MULTILINE | re.DOTALL)
READER = Reader(typ="safe")
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_not_stale(name: str) -> None:
    path, text = PAGES[name]
    assert path.read_text() == text, "run: .venv/bin/python -m tests.reference"


def test_every_field_has_a_meaning_and_every_meaning_a_field() -> None:
    fields = {cls.__name__: {field.name for field in fields_of(cls)} for cls in WRITTEN}
    assert {name: set(said) for name, said in meanings().items()} == fields


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for text in TEXT.values() for words in COMMAND.findall(text) for word in words.split()}
    assert {"run", "test"} <= named <= targets


def test_every_module_that_is_named_exists() -> None:
    named = {module for text in TEXT.values() for module in MODULE.findall(text)}
    assert {module for module in named - {"pytest"} if not _is_module(module)} == set()


def test_the_readme_names_every_variable_and_no_other() -> None:
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT["README.md"], re.MULTILINE))
    assert table == {*VARIABLES_OF_BELFRY, *VARIABLES.values()}


@pytest.mark.parametrize("name", TEXT)
def test_links_lead_somewhere(name: str) -> None:
    assert [found for found in LINK.findall(TEXT[name]) if not _leads_somewhere(ROOT / name, *found)] == []


def test_the_index_names_every_page() -> None:
    """Each once at least, and in an order: its numbers count up."""
    index = TEXT["docs/README.md"]
    pages = {path.name for path in (ROOT / "docs").glob("*.*")} - {"README.md"}
    assert pages <= {target for target, _ in LINK.findall(index)}
    numbers = list(map(int, re.findall(r"^(\d+)\. ", index, re.MULTILINE)))
    assert numbers == list(range(1, len(numbers) + 1))


def test_examples_of_the_file_can_be_used() -> None:
    blocks = [block for text in TEXT.values() for block in YAML.findall(text)]
    examples = [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]
    assert examples
    for example in [*examples, (ROOT / "belfry.yaml.example").read_text()]:
        assert parse(example, "example") or parse_alerts(example, "example")
        assert failures_in(example) == []


def _is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def _leads_somewhere(document: Path, target: str, anchor: str) -> bool:
    """A file of ours, and a heading in it; addresses are not asked."""
    if target.startswith(("http:", "https:")):
        return True
    path = (document.parent / target).resolve() if target else document
    return path.exists() and (not anchor or anchor[1:] in _anchors(path.read_text()))


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def failures_in(example: str) -> list[tuple[int, str]]:
    """Of the tests of rules that an example holds."""
    rules = [item.spec for item in parse_alerts(example, "example") if item.kind == "rule"]
    tests = msgspec.convert(READER.load(example).get("tests") or [], list[RuleTest])
    return [failure for test in tests for failure in failures(test, rules)]
