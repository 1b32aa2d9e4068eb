"""`docker run IMAGE ...` of our own image, by its files on this machine; other commands are only written down."""

import argparse
import os
import subprocess
import sys

from tests.reference import ROOT

IMAGE = "belfry"


def main(words: list[str]) -> int:
    if words[0] != "run":
        return 0
    parser = argparse.ArgumentParser(prog="docker run")
    parser.add_argument("--rm", action="store_true")
    parser.add_argument("--user", type=lambda text: [int(part) for part in text.split(":")])
    parser.add_argument("--volume", action="append", default=[])
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("image", choices=[IMAGE])
    given, argument = parser.parse_args(words[1 : words.index(IMAGE) + 1]), words[words.index(IMAGE) + 1 :]
    mounts = [volume.split(":") for volume in given.volume]
    for there, inside in mounts:
        assert os.path.isdir(there), f"{there} is made by root when it is not there before"
        argument = [there + word.removeprefix(inside) if word.startswith(inside) else word for word in argument]
    env = os.environ | dict(pair.split("=", 1) for pair in given.env) | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-m", "deploy.image", *argument], env=env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
