"""/docs: the OpenAPI document as one page that needs no script and nothing from elsewhere."""

from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
Document = dict[str, Any]
WHO = {"public": "anyone", "self": "signed in"}


def docs_page(document: Document) -> str:
    info = document["info"]
    responses = document["components"]["responses"]
    operations = [
        (operation["tags"][0], method, path, operation, responses)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = [(tag, list(rows)) for tag, rows in groupby(operations, key=lambda row: row[0])]
    links = "".join(f'<li><a href="#{escape(tag)}">{escape(tag.title())}</a></li>' for tag, _ in tags)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>API · {escape(info['title'])}</title><style>{STYLE}</style></head><body>"
        f'<nav aria-label="Sections"><b>{escape(info["title"])} {escape(info["version"])}</b>'
        f'<ul>{links}<li><a href="#schemas">Schemas</a></li></ul>'
        '<ul><li><a href="/api/v1/openapi.json">openapi.json</a></li>'
        '<li><a href="/api/v1/asyncapi.json">asyncapi.json</a></li></ul></nav>'
        f"<main><h1>API</h1><p>{_prose(info['description'])}</p>{''.join(_section(tag, rows) for tag, rows in tags)}"
        f'<h2 id="schemas">Schemas</h2>{_schemas(document)}</main></body></html>\n'
    )


def _section(tag: str, rows: list[Any]) -> str:
    return f'<h2 id="{escape(tag)}">{escape(tag.title())}</h2>' + "".join(_operation(*row[1:]) for row in rows)


def _operation(method: str, path: str, operation: Document, shared: Document) -> str:
    return (
        f'<details id="{operation["operationId"]}"><summary><span class="method {method}">{method.upper()}</span>'
        f'<code>{escape(path)}</code><span class="what">{escape(operation["summary"])}</span>'
        f'<span class="role">{WHO.get(operation["x-role"], operation["x-role"])}</span></summary><div class="body">'
        f"{_parameters(operation['parameters'])}{_request(operation.get('requestBody'))}"
        f"{_responses(operation['responses'], shared)}</div></details>"
    )


def _parameters(parameters: list[Document]) -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{escape(each['name'])}</code></th>"
        f"<td>{each['in']}</td><td>{_type(each['schema'])}</td></tr>"
        for each in parameters
    )
    return _table("Parameters", ("Name", "In", "Type"), rows)


def _request(body: Document | None) -> str:
    if body is None:
        return ""
    content = body["content"]["application/json"]
    example = f'<pre tabindex="0">{_json(content["example"])}</pre>' if "example" in content else ""
    return f"<h3>Body</h3><p>{_type(content['schema'])}</p>{example}"


def _responses(responses: Document, shared: Document) -> str:
    found = {
        status: shared[each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each for status, each in responses.items()
    }
    rows = "".join(
        f"<tr><th scope=row>{status}</th><td>{_prose(each['description'])}</td><td>{_content(each)}</td></tr>"
        for status, each in found.items()
    )
    return _table("Answers", ("Status", "When", "Body"), rows)


def _content(response: Document) -> str:
    return "".join(_type(each["schema"]) for each in response.get("content", {}).values())


def _schemas(document: Document) -> str:
    return "".join(_schema(name, each) for name, each in sorted(document["components"]["schemas"].items()))


def _schema(name: str, schema: Document) -> str:
    required = schema.get("required", [])
    rows = "".join(
        f"<tr><th scope=row><code>{escape(field)}</code>{'' if field in required else ' <i>optional</i>'}</th>"
        f"<td>{_type(each)}</td></tr>"
        for field, each in schema.get("properties", {}).items()
    )
    return (
        f'<details id="schema-{escape(name)}" class="schema"><summary><code>{escape(name)}</code></summary>'
        f'<div class="body"><p>{_prose(schema.get("description", ""))}</p>'
        f"{_table('Members', ('Name', 'Type'), rows)}</div></details>"
    )


def _type(schema: Document) -> str:
    """A schema in a few words, with links to the schemas it names."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#schema-{escape(name)}">{escape(name)}</a>'
    if members := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(each) for each in members)
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(_type(each) for each in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    limits = [f"{name} {escape(str(schema[name]))}" for name in LIMITS if name in schema]
    kind = schema.get("format") or schema.get("type", "anything")
    return escape(str(kind)) + (f' <span class="limits">{", ".join(limits)}</span>' if limits else "")


LIMITS = ("minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength", "pattern", "default")


def _table(title: str, heads: tuple[str, ...], rows: str) -> str:
    if not rows:
        return ""
    head = "".join(f"<th scope=col>{name}</th>" for name in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<h3>{title}</h3><div class="scroll" tabindex="0" role="group" aria-label="{title}">{table}</div>'


def _prose(text: str) -> str:
    """Text in which `this` stands for code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _json(value: Any) -> str:
    return escape(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), quote=False)
