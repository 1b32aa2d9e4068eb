"""`python -m tests.contracts.shop`: writes the golden files anew. Read the difference before you commit it."""

from msgspec import json, msgpack

from tests.contracts.shop.files import GOLDEN, answers, batches, messages


def main() -> None:
    readable = {**answers(), **messages()}
    files = {path: json.format(json.encode(value), indent=2) + b"\n" for path, value in readable.items()}
    files |= {path: msgpack.encode(batch) for path, batch in batches().items()}
    for path, content in files.items():
        target = GOLDEN / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


if __name__ == "__main__":
    main()
