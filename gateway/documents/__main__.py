"""`python -m gateway.documents`: writes docs/openapi.json and docs/asyncapi.json anew."""

from pathlib import Path

from gateway.documents import files

FOLDER = Path(__file__).parents[2] / "docs"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
