"""What an import changes: each document that is given against what the store has of it. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields, replace

from alert_svc.channel_specs import config_of, kind_of, secrets_of, spec_from
from alert_svc.declared import Item, Kind, Mistakes, references
from shared.contracts.alerts.channels import AnyChannelSpec
from shared.contracts.alerts.requests import PlannedChange
from shared.contracts.alerts.rules import RuleSource
from shared.contracts.wire import FieldError

LONGEST = 60
_COMPARED_BY_ID = ("id", "version")


class Held(Struct, frozen=True):
    """A document as the store has it; `row` is what its store knows it by, `secrets` what a channel has besides."""

    spec: Any
    source: RuleSource
    row: Any
    secrets: Mapping[str, str] = {}


class Planned(Struct, frozen=True):
    """One change: what is to be put there, or what is to go."""

    change: PlannedChange
    item: Item | None = None
    held: Held | None = None


Holding = Mapping[Kind, Mapping[str, Held]]


def plan(items: Collection[Item], held: Holding, source: RuleSource, *, prune: bool) -> list[Planned]:
    """In the order in which it can be done. `prune`: what came from the same source before, and is given no more, goes;
    what others still name stays."""
    given = [_put(each, held[each.kind].get(each.id), source) for each in items]
    return given + (list(_pruned(items, held, source)) if prune else [])


def foreign(items: Collection[Item], held: Holding, source: RuleSource) -> Mistakes:
    """What only the file may change, and is given by somebody else."""
    if source == "file":
        return []
    mistake = FieldError("body", "is declared in the file that Belfry reads, and can only be changed there")
    owned = ((each, held[each.kind].get(each.id)) for each in items)
    return [(each, [mistake]) for each, known in owned if known is not None and known.source == "file"]


def _put(item: Item, known: Held | None, source: RuleSource) -> Planned:
    if known is None:
        return Planned(_change(item.kind, item.id, item.spec, "added"), item)
    spec, secrets = parted(item.spec) if item.kind == "channel" else (item.spec, {})
    differs = [*differences(known.spec, spec), *_other_secrets(known.secrets, secrets)]
    if known.source != source:
        differs.append(f"source: {known.source} -> {source}")
    what = "changed" if differs else "unchanged"
    return Planned(_change(item.kind, item.id, item.spec, what, differs), item, known)


def _pruned(items: Collection[Item], held: Holding, source: RuleSource) -> Iterator[Planned]:
    """Rules go first, then what they named."""
    kept = {(each.kind, each.id) for each in items}
    staying = {kind: dict(known) for kind, known in held.items()}
    for kind in ("rule", "policy", "mute_timing", "channel"):
        going = {id for id, known in held[kind].items() if known.source == source and (kind, id) not in kept}
        while free := sorted(going - _named(kind, items, staying).keys()):
            for id in free:
                yield Planned(_change(kind, id, staying[kind].pop(id).spec, "removed"), held=held[kind][id])
            going -= set(free)
        for id, by in sorted(_named(kind, items, staying).items()):
            if id in going:
                yield Planned(_change(kind, id, held[kind][id].spec, "unchanged", [f"stays: {by} names it"]))


def _named(kind: Kind, items: Collection[Item], staying: Mapping[Kind, Mapping[str, Held]]) -> dict[str, str]:
    """What documents of a kind are named, and by whom, once the import is done."""
    specs = {(of, id): known.spec for of, all_of in staying.items() for id, known in all_of.items()}
    specs |= {(each.kind, each.id): each.spec for each in items}
    return {
        name: f"{of} {id}" for (of, id), spec in specs.items() for named, name in references(of, spec) if named == kind
    }


def differences(before: Any, after: Any) -> Iterator[str]:
    """`threshold: 500 -> 620`, field by field."""
    old, new = lean(before), lean(after)
    for name in dict.fromkeys([*old, *new]):
        if name not in _COMPARED_BY_ID and old.get(name) != new.get(name):
            yield f"{name}: {_shown(old.get(name))} -> {_shown(new.get(name))}"


def parted(spec: AnyChannelSpec) -> tuple[AnyChannelSpec, dict[str, str]]:
    """A channel without its secrets, and these."""
    shown = spec_from(kind_of(spec), spec.name, config_of(spec))
    return replace(shown, id=spec.id, enabled=spec.enabled, fallback=spec.fallback), secrets_of(spec)


def _other_secrets(before: Mapping[str, str], given: Mapping[str, str]) -> Iterator[str]:
    """Never the secrets themselves."""
    for name, secret in given.items():
        if before.get(name) != secret:
            yield f"{name}: another secret" if name in before else f"{name}: set"


def lean(value: Any) -> Any:
    """Plain values, without the fields of Structs that are as they would be if they were left out."""
    if isinstance(value, Struct):
        config = value.__struct_config__
        tag = {config.tag_field: config.tag} if config.tag_field else {}
        given = {each.name: getattr(value, each.name) for each in fields(value) if not _is_default(value, each)}
        return tag | {name: lean(each) for name, each in given.items()}
    if isinstance(value, list | tuple):
        return [lean(each) for each in value]
    return msgspec.to_builtins(value)


def _is_default(value: Struct, field: Any) -> bool:
    given = getattr(value, field.name)
    if field.default_factory is not NODEFAULT:
        return bool(given == field.default_factory())
    return field.default is not NODEFAULT and bool(given == field.default)


def _shown(value: Any) -> str:
    text = "default" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _change(kind: Kind, id: str, spec: Any, change: Any, fields: Collection[str] = ()) -> PlannedChange:
    return PlannedChange(kind=kind, id=id, name=spec.name, change=change, fields=list(fields))
