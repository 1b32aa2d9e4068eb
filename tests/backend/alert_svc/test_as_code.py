"""Alerts as code: what a text may say, what an import would change, rules' own tests, and the commands."""

from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_svc import command
from alert_svc.declared import Kind, mistakes, parse, said
from alert_svc.exporting import to_yaml
from alert_svc.planning import Held, foreign, parted, plan
from alert_svc.rule_tests import RuleTest, failures, mistakes_of, values_of
from alert_svc.semantics import Names
from shared.contracts.alerts.rules import AlertRuleSpec, RuleSource
from shared.declared import InvalidFile
from shared.validate import validate

TEXT = """\
services: []
channels:
  - {id: ops, kind: webhook, name: Operations, url: $OPS_URL}
mute_timings:
  - {name: At night, time_zone: Europe/Berlin, spans: [{from_time: "22:00", until: "07:00"}]}
policies:
  - id: on-call
    name: On call
    steps: [{channels: [ops]}, {channels: [ops], delay_seconds: 600}]
rules:
  - name: Checkout is slow
    metric: latency.p99
    operator: ">"
    threshold: 500
    duration: 120
    channels: [ops]
    escalation_policy: on-call
    mute_timings: [at-night]
"""
ENVIRON = {"OPS_URL": "https://hooks.example/x"}


def refused(text: str, **more: Any) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        parse(text, "belfry.yaml", **more)
    return caught.value.errors


def test_a_text_declares_documents_that_build_on_each_other() -> None:
    items = parse(TEXT, "belfry.yaml", ENVIRON)
    assert [(each.kind, each.id) for each in items] == [
        ("channel", "ops"), ("mute_timing", "at-night"), ("policy", "on-call"), ("rule", "checkout-is-slow"),
    ]  # fmt: skip
    assert items[0].spec.url == "https://hooks.example/x"
    assert mistakes(items, Names()) == []
    alone = parse(TEXT[TEXT.index("rules:") :], "belfry.yaml")
    assert said("belfry.yaml", mistakes(alone, Names())) == [
        "belfry.yaml:7: rules[0].channels[0] there is no channel ops",
        "belfry.yaml:9: rules[0].mute_timings[0] there is no mute timing at-night",
        "belfry.yaml:8: rules[0].escalation_policy there is no policy on-call",
    ]
    assert mistakes(alone, Names(channels={"ops"}, policies={"on-call"}, mute_timings={"at-night"})) == []


def test_a_secret_may_stand_in_a_file_that_a_variable_names(tmp_path: Path) -> None:
    kept = tmp_path / "url"
    kept.write_text("https://hooks.example/kept\n")
    [channel, *_] = parse(TEXT, "belfry.yaml", {"OPS_URL_FILE": str(kept)})
    assert channel.spec.url == "https://hooks.example/kept"
    [lost] = refused(TEXT, environ={"OPS_URL_FILE": "/lost"})
    assert lost.startswith("belfry.yaml:3: channels[0].url OPS_URL_FILE: /lost cannot be read")


def test_every_mistake_is_told_with_its_line() -> None:
    """Of form, in all sections at once."""
    wrong = TEXT.replace("threshold: 500", "treshold: 500").replace("delay_seconds: 600", "delay_seconds: soon")
    errors = refused(wrong, environ=ENVIRON)
    assert [error.split(" ", 2)[:2] for error in errors] == [
        ["belfry.yaml:9:", "policies[0].steps[1].delay_seconds"],
        ["belfry.yaml:14:", "rules[0].treshold"],
        ["belfry.yaml:11:", "rules[0].threshold"],
    ]
    assert refused(TEXT, environ={}) == ["belfry.yaml:3: channels[0].url the environment variable OPS_URL is not set"]
    assert refused("rules: 5\n") == ["belfry.yaml:1: rules must be a list"]
    assert refused("rulez: []\n")[0].startswith("belfry.yaml:1: rulez unknown field; known: ")
    laughs = "".join(f"  - &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert refused(f"rules:\n  - &l0 [ha]\n{laughs}")[0].endswith("holds too much")
    twice = "rules:\n" + 2 * "  - {name: a, metric: b.c, operator: '>', threshold: 1}\n"
    assert refused(twice) == ["belfry.yaml:3: id a is declared twice, first in line 2"]


def held(text: str, source: RuleSource) -> dict[Kind, dict[str, Held]]:
    found: dict[Kind, dict[str, Held]] = {"channel": {}, "mute_timing": {}, "policy": {}, "rule": {}}
    for item in parse(text, "x", ENVIRON):
        spec, secrets = parted(item.spec) if item.kind == "channel" else (item.spec, {})
        found[item.kind][item.id] = Held(spec, source, None, secrets)
    return found


def planned(text: str, there: dict[Kind, dict[str, Held]], source: RuleSource = "yaml", prune: bool = True) -> Any:
    changes = (each.change for each in plan(parse(text, "x", ENVIRON), there, source, prune=prune))
    return [(each.id, each.change, each.fields) for each in changes if each.change != "unchanged" or each.fields]


def test_a_plan_says_what_is_added_changed_and_removed_field_by_field() -> None:
    there = held(TEXT, "yaml")
    assert planned(TEXT, there) == []
    assert [change for _, change, _ in planned(TEXT, held("", "yaml"))] == ["added"] * 4
    other = TEXT.replace("threshold: 500", "threshold: 620").replace("    duration: 120\n", "")
    assert planned(other, there) == [
        ("checkout-is-slow", "changed", ["threshold: 500.0 -> 620.0", "duration: 120.0 -> default"])
    ]
    assert planned("", there) == [(id, "removed", []) for id in ("checkout-is-slow", "on-call", "at-night", "ops")]
    assert planned("", there, prune=False) == []
    assert planned(TEXT, held(TEXT, "default"))[-1] == ("checkout-is-slow", "changed", ["source: default -> yaml"])


def test_what_others_still_name_stays_and_what_the_file_declares_is_its_own() -> None:
    there = held(TEXT, "yaml")
    there["rule"] = held(TEXT, "api")["rule"]
    assert planned("", there) == [
        ("on-call", "unchanged", ["stays: rule checkout-is-slow names it"]),
        ("at-night", "unchanged", ["stays: rule checkout-is-slow names it"]),
        ("ops", "unchanged", ["stays: rule checkout-is-slow names it"]),
    ]
    items = parse(TEXT, "x", ENVIRON)
    assert len(foreign(items, held(TEXT, "file"), "yaml")) == 4
    assert foreign(items, held(TEXT, "file"), "file") == []


def test_what_is_exported_is_what_an_import_takes() -> None:
    there = held(TEXT, "api")
    text = to_yaml(there)
    assert "threshold: 500" in text
    assert "enabled" not in text
    assert "hooks.example" not in text
    assert planned(text, there, "api") == []


# --- tests of rules -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notation", "values"),
    [
        ("1 2.5 -3", [1, 2.5, -3]), ("0+10x4", [0, 10, 20, 30, 40]), ("5x2", [5, 5, 5]), ("3-1x3", [3, 2, 1, 0]),
        ("1 _ _x2 2", [1, None, None, None, 2]), ("1e3", [1000]),
    ],
)  # fmt: skip
def test_the_notation_of_series_is_that_of_prometheus(notation: str, values: list[float | None]) -> None:
    assert values_of(notation) == values


@given(st.text(max_size=20))
def test_any_other_notation_is_refused(text: str) -> None:
    try:
        found: list[float | None] = values_of(text)
    except ValueError:
        found = []
    assert all(each is None or isfinite(each) for each in found)


def rule_test(**changes: Any) -> RuleTest:
    raw = {
        "name": "t",
        "series": [{"metric": "latency.p99", "labels": {"service": "shop"}, "values": "300 600x3 _x20"}],
        "expect": [{"at_seconds": 0, "rule": "slow", "state": "inactive"}],
    }
    found, errors = validate({**raw, **changes}, RuleTest)
    assert errors == []
    assert found is not None
    return found


def test_rules_are_tested_by_the_machine_that_evaluates_them() -> None:
    slow = AlertRuleSpec(id="slow", name="Slow", metric="latency.p99", operator=">", threshold=500, duration=120)
    moments = [(59, "inactive"), (60, "pending"), (179.9, "pending"), (180, "firing"), (1500, "firing")]
    expect = [{"at_seconds": at, "rule": "slow", "state": state} for at, state in moments]
    assert failures(rule_test(expect=expect), [slow]) == []
    wrong = [{"at_seconds": 60, "rule": "slow", "state": "firing"}, {"at_seconds": 240, "rule": "slow",
             "state": "firing", "severity": "critical"}, {"at_seconds": 60, "rule": "slow", "state": "pending",
             "labels": {"service": "mail"}}]  # fmt: skip
    assert failures(rule_test(expect=wrong), [slow]) == [
        (0, "after 1 min: slow is pending (warning), expected firing; shop: 600 ms, 0 s old"),
        (1, "after 4 min: slow is firing (warning), expected firing critical; shop: 600 ms, 0 s old"),
        (2, "after 1 min: no series of slow is there"),
    ]
    few = rule_test(
        series=[{"metric": "latency.p99", "values": "600x9", "counts": "5x4 100x1"}],
        expect=[{"at_seconds": 240, "rule": "slow", "state": "inactive"},
                {"at_seconds": 420, "rule": "slow", "state": "firing"}],
    )  # fmt: skip
    counted = AlertRuleSpec(
        id="slow", name="Slow", metric="latency.p99", operator=">", threshold=500, duration=120, min_samples=100
    )
    assert failures(few, [counted]) == []
    bad = rule_test(
        series=[{"metric": "a.b", "values": "x"}], expect=[{"at_seconds": 0, "rule": "none", "state": "firing"}]
    )
    assert [each.field for each in mistakes_of(bad, [slow])] == ["expect[0].rule", "series[0].values"]


# --- commands -----------------------------------------------------------------------------------------------------

TESTS = """\
rules_from: [belfry.yaml]
tests:
  - name: two minutes over 500 ms
    series:
      - {metric: latency.p99, labels: {service: shop}, values: 300 600x5}
    expect:
      - {at_seconds: 179, rule: checkout-is-slow, state: pending}
      - {at_seconds: 180, rule: checkout-is-slow, state: firing}
  - name: at once
    series:
      - {metric: latency.p99, labels: {service: shop}, values: 300 600x5}
    expect:
      - {at_seconds: 60, rule: checkout-is-slow, state: firing}
"""


def test_the_commands_say_what_is_wrong_and_exit_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`rules check` and `rules test`: for people, and for the CI of who keeps rules as code."""
    rules, tests = tmp_path / "belfry.yaml", tmp_path / "tests.yaml"
    rules.write_text(TEXT)
    tests.write_text(TESTS)

    def run(*words: str) -> tuple[int, list[str], list[str]]:
        code = command.main(words, ENVIRON)
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err.splitlines()

    assert run("rules", "check", str(rules)) == (
        0, ["belfry.yaml: channels 1, mute timings 1, policies 1, rules 1"], [],
    )  # fmt: skip
    code, out, _ = run("rules", "test", str(tests))
    assert (code, out[0], out[1], out[-1]) == (
        1, "tests.yaml:3: passed: two minutes over 500 ms", "tests.yaml:9: FAILED: at once", "1 passed, 1 failed",
    )  # fmt: skip
    assert out[2].strip().startswith("tests.yaml:13: tests[1].expect[0] after 1 min: checkout-is-slow is pending")
    rules.write_text(TEXT.replace("threshold: 500", "threshold: 500\n    recovery_threshold: 600"))
    code, _, err = run("rules", "check", str(rules))
    assert (code, err) == (1, ["belfry.yaml:15: rules[0].recovery_threshold must be below 500 ms, because the rule "
                               "fires above it"])  # fmt: skip
    rules.write_text("rules:\n  - {name: a, metric: queue.depth, operator: '>', threshold: 1, channels: [pager]}\n")
    assert run("rules", "check", str(rules))[1][0] == (
        "belfry.yaml: warning: channel pager is not in this file; it must be there already"
    )
    tests.write_text(TESTS.replace("belfry.yaml", "gone.yaml"))
    assert run("rules", "test", str(tests))[0] == 1
    assert run("rules", "test", str(tmp_path / "none.yaml"))[2][0].endswith("No such file or directory")
    code, _, err = run("rules")
    assert (code, err[0][:6]) == (2, "usage:")
