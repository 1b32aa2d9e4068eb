"""`python -m tests.observed`: what follows the mark in docs/metrics.md and docs/logs.md is written anew."""

from tests.observed.pages import pages

for path, text in pages().items():
    path.write_text(text)
