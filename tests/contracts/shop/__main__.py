"""`python -m tests.contracts.shop`: writes the golden files anew. Read the difference before you commit it."""

from msgspec import json

from tests.contracts.shop.files import GOLDEN, answers, messages


def main() -> None:
    for path, value in {**answers(), **messages()}.items():
        target = GOLDEN / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(json.format(json.encode(value), indent=2) + b"\n")


if __name__ == "__main__":
    main()
