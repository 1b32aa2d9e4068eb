"""The blocks of code that documents show, and the commands within their text."""

import re
import shlex
from itertools import dropwhile
from textwrap import dedent

from msgspec import Struct

from tests.reference import ROOT

DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:\A|\n)\n {4}\S")
IN_TEXT = re.compile(r"`([^`\n]+)`")
COMMANDS, LONG_COMMANDS = "sh", "console"
"""What is run as it stands; what would take minutes, a command after each `$ `, and is only understood."""
PROGRAMS = ("make", "docker", "kubectl", "helm", "curl", "nats", "python", ".venv/bin/python", ".venv/bin/pytest")


class Block(Struct, frozen=True):
    """`document` from the root, as in docs/live.md. `text` without the indentation of a list."""

    document: str
    language: str
    text: str

    @property
    def title(self) -> str:
        return f"{self.document}: {self.text.splitlines()[0]}"


def blocks(language: str) -> list[Block]:
    return [block for block in every_block() if block.language == language]


def every_block() -> list[Block]:
    found = []
    for path in DOCUMENTS:
        for fence in FENCED.finditer(path.read_text()):
            found.append(Block(str(path.relative_to(ROOT)), fence[1], dedent(fence[2])))
    return found


def in_text() -> list[tuple[str, list[str]]]:
    """Document and words of each command in a sentence that is whole: nothing in it is left out."""
    found = []
    for path in DOCUMENTS:
        text = FENCED.sub("", path.read_text())
        for code in IN_TEXT.findall(text):
            words = code.split()
            if words[0] in PROGRAMS and len(words) > 1 and "..." not in code:
                found.append((str(path.relative_to(ROOT)), words))
    return found


def long_commands() -> list[tuple[str, list[str]]]:
    """Document and words of each, without the variables before it."""
    lines = [(block.document, line) for block in blocks(LONG_COMMANDS) for line in block.text.splitlines()]
    words = [(document, shlex.split(line[2:], comments=True)) for document, line in lines if line.startswith("$ ")]
    return [(document, list(dropwhile(lambda word: "=" in word, found))) for document, found in words]


def indented() -> list[str]:
    """Documents with a block that is only indented: nobody could say what it is."""
    return [str(path.relative_to(ROOT)) for path in DOCUMENTS if INDENTED.search(FENCED.sub("", path.read_text()))]
