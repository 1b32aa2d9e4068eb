"""Alerts as YAML: what an import takes, without what stands there anyway. Secrets are left out. Pure."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from alert_svc.declared import SPECS
from alert_svc.planning import Holding, lean

FIRST = ("id", "name", "kind")


def to_yaml(held: Holding) -> str:
    sections = {
        section: [_entry(id, held[kind][id].spec) for id in sorted(held[kind])]
        for section, (kind, _) in SPECS.items()
        if held.get(kind)
    }
    text = StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(sections, text)
    return text.getvalue()


def _entry(id: str, spec: Any) -> Mapping[str, Any]:
    given = lean(spec) | {"id": id}
    given.pop("version", None)
    return {name: given[name] for name in (*FIRST, *given) if name in given}
