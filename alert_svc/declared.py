"""Alerts as code: channels, mute timings, policies and rules as YAML, validated with every mistake's line.

The same text is read from `belfry.yaml`, by an import, and by `rules check`. A `$NAME` in a channel stands for a
variable of the environment, where there is one to be read from.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from alert_svc.semantics import Names, policy_errors, rule_errors, timing_errors
from alert_svc.wording import slug
from shared.contracts.alerts.channels import AnyChannelSpec
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.quiet import MuteTimingSpec
from shared.contracts.alerts.rules import AlertRuleSpec
from shared.contracts.wire import FieldError
from shared.declared import SECTIONS, Entry, InvalidFile, document, entries, read, repeated
from shared.settings import read_variable
from shared.validate import validate

Kind = Literal["channel", "mute_timing", "policy", "rule"]
SPECS: Mapping[str, tuple[Kind, Any]] = {
    "channels": ("channel", AnyChannelSpec),
    "mute_timings": ("mute_timing", MuteTimingSpec),
    "policies": ("policy", EscalationPolicySpec),
    "rules": ("rule", AlertRuleSpec),
}
"""The sections in the order in which they build on each other."""

_REFERENCE = re.compile(r"\$([A-Z_][A-Z0-9_]*)")


class Item(Struct, frozen=True):
    """One document of the text, with an id."""

    kind: Kind
    id: str
    spec: Any
    entry: Entry


Mistakes = list[tuple[Item, list[FieldError]]]
"""Documents that cannot be meant, each with its mistakes."""


def load(path: Path, environ: Mapping[str, str]) -> list[Item]:
    """The file's documents. Raises InvalidFile with every mistake of form, OSError when it cannot be read."""
    return parse(read(path), path.name, environ)


def parse(
    text: str, name: str, environ: Mapping[str, str] | None = None, sections: Collection[str] = SECTIONS
) -> list[Item]:
    """What a text declares, in the order in which it can be applied; `name` is how errors call the text. Raises
    InvalidFile with every mistake of form."""
    found, errors = document(text, name, list(sections))
    try:
        items = items_of(found, name, environ)
    except InvalidFile as error:
        errors += error.errors
    if errors:
        raise InvalidFile(errors)
    return items


def items_of(found: Any, name: str, environ: Mapping[str, str] | None) -> list[Item]:
    """As `parse`, of nodes that are read already."""
    errors: list[str] = []
    items: list[Item] = []
    for section, (kind, type_) in SPECS.items():
        there: list[Item] = []
        for entry in entries(found, section, name):
            given, mistakes = _expanded(entry.plain, environ) if kind == "channel" else (entry.plain, [])
            spec, more = validate(given, type_)
            errors += entry.said(name, mistakes or more)
            if spec is not None and not mistakes:
                id = spec.id or slug(spec.name)
                there.append(Item(kind, id, replace(spec, id=id, **_unversioned(spec)), entry))
        errors += repeated([(each.id, each.entry.line) for each in there], name)
        items += _fallbacks_first(there) if kind == "channel" else there
    if errors:
        raise InvalidFile(errors)
    return items


def references(kind: Kind, spec: Any) -> Iterator[tuple[Kind, str]]:
    """What a document names."""
    match kind:
        case "rule":
            yield from (("channel", id) for id in spec.channels)
            yield from (("mute_timing", id) for id in spec.mute_timings)
            yield from (("policy", id) for id in (spec.escalation_policy,) if id)
        case "policy":
            yield from (("channel", id) for step in spec.steps for id in step.channels)
        case "channel":
            yield from (("channel", id) for id in (spec.fallback,) if id)


def mistakes(items: Collection[Item], names: Names) -> Mistakes:
    """What these documents may not mean, document by document. `names`: what else there is that they may name."""
    together = with_names(items, names)
    found = ((each, list(_errors(each, together))) for each in items)
    return [(each, errors) for each, errors in found if errors]


def with_names(items: Collection[Item], names: Names) -> Names:
    """What a document may name: what is there already, and what comes with it."""
    ids: dict[Kind, set[str]] = {kind: {each.id for each in items if each.kind == kind} for kind, _ in SPECS.values()}
    return replace(
        names,
        channels={*names.channels, *ids["channel"]},
        policies={*names.policies, *ids["policy"]},
        mute_timings={*names.mute_timings, *ids["mute_timing"]},
    )


def said(name: str, found: Mistakes) -> list[str]:
    """Ready to show, each with its line."""
    return [text for item, errors in found for text in item.entry.said(name, errors)]


def _errors(item: Item, names: Names) -> Iterator[FieldError]:
    match item.kind:
        case "rule":
            yield from rule_errors(item.spec, names)
        case "policy":
            yield from policy_errors(item.spec, names.channels)
        case "mute_timing":
            yield from timing_errors(item.spec)


def _fallbacks_first(channels: list[Item]) -> list[Item]:
    """Each after the one that it falls back on, unless they lead in a circle."""
    by_id = {each.id: each for each in channels}

    def depth(item: Item) -> int:
        seen = {item.id}
        while (item := by_id.get(item.spec.fallback)) and item.id not in seen:  # type: ignore[assignment]
            seen.add(item.id)
        return len(seen)

    return sorted(channels, key=depth)


def _unversioned(spec: Any) -> dict[str, None]:
    """A version in a text is that of an export, and means nothing."""
    return {"version": None} if hasattr(spec, "version") else {}


def _expanded(value: Any, environ: Mapping[str, str] | None, field: str = "") -> tuple[Any, list[FieldError]]:
    """With each `$NAME` replaced by what the environment holds, or the file that `NAME_FILE` names; without an
    environment it stays as it is."""
    if isinstance(value, dict):
        found = {key: _expanded(each, environ, f"{field}.{key}".lstrip(".")) for key, each in value.items()}
        return {key: each for key, (each, _) in found.items()}, [e for _, errors in found.values() for e in errors]
    if environ is None or not isinstance(value, str) or not (match := _REFERENCE.fullmatch(value)):
        return value, []
    try:
        held = read_variable(environ, match[1])
    except ValueError as error:
        return value, [FieldError(field, str(error))]
    if held is None:
        return value, [FieldError(field, f"the environment variable {match[1]} is not set")]
    return held, []
