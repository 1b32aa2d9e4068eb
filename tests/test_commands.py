"""No command or program of the documents is left untested: each block is run, each sentence understood."""

import shlex

import pytest

from gateway.auth.oidc.config import config_of
from gateway.settings import GatewaySettings
from shared.settings import load_settings
from tests.documented.blocks import COMMANDS, LONG_COMMANDS, every_block, in_text, indented, long_commands
from tests.documented.grammar import wrong_with
from tests.reference import ROOT

pytest.importorskip("helm_python", reason="Helm's library is made for Linux on x86-64")

RUN_ALL = "tests/backend/deploy/test_observed_run.py"
PROGRAMS = {
    ("README.md", "python"): RUN_ALL,
    ("docs/alerts-channels.md", "python"): "tests/backend/alert_svc/test_delivering.py",
    ("docs/live.md", "js"): "tests/backend/gateway/live/test_examples.py",
    ("docs/live.md", "python"): "tests/backend/gateway/live/test_examples.py",
    ("docs/websockets.md", "python"): "tests/backend/belfry_reporter/test_node.py",
}
"""Who runs what is no command line."""
NO_PROGRAM = ("", "json", "text", "yaml", COMMANDS, LONG_COMMANDS)
"""Commands, and examples: those in YAML and JSON are read by tests/test_docs.py and tests/reference.py."""


def test_every_block_is_run_by_somebody() -> None:
    kinds = {(block.document, block.language) for block in every_block() if block.language not in NO_PROGRAM}
    assert kinds == set(PROGRAMS)
    for (document, _), test in PROGRAMS.items():
        assert document.rpartition("/")[2] in (ROOT / test).read_text(), f"{test} should run what {document} shows"
    assert indented() == [], "a block says in its first line what it is"


def test_every_command_in_a_sentence_or_that_takes_long_is_one() -> None:
    commands = {(document, " ".join(words)): words for document, words in [*in_text(), *long_commands()]}
    assert len(commands) > 20
    assert {command: wrong for command, words in commands.items() if (wrong := wrong_with(words))} == {}


def test_the_settings_of_a_provider_are_ones() -> None:
    [block] = [block for block in every_block() if block.document == "docs/sign-in.md" and block.language == COMMANDS]
    given = dict(word.split("=", 1) for word in shlex.split(block.text))
    secret = {"BELFRY_OIDC_CLIENT_SECRET_FILE": __file__}
    config = config_of(load_settings(GatewaySettings, given | secret))
    assert config is not None
    assert set(config.roles.values()) == {"admin", "operator", "viewer"}
