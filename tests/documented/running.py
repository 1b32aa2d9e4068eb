"""The commands of the documents, done as they stand there, in a place of their own beside a running Belfry."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from tests.documented.blocks import COMMANDS, Block, blocks
from tests.documented.stand_ins import lay_out
from tests.fixtures.waiting import until

PATIENCE_SECONDS = 120
LOOK_AT_THE_WHOLE = ("docs/operations.md",)
BEFORE = {
    "my.yaml": ("docs/deploying.md", "text"),
    "rules_test.yaml": ("docs/alerts.md", "yaml"),
}
"""Files that commands read and the documents show."""


class Place:
    """`folder` is where the commands run, with `environ` beside what finds their programs."""

    def __init__(self, folder: Path, data: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        programs = lay_out(folder)
        (folder / ".belfry").symlink_to(data)
        (folder / "postgres-admin.url").write_text("postgresql://admin:secret@db.example:5432/belfry")
        for name, (document, language) in BEFORE.items():
            shown = [block for block in blocks(language) if block.document == document]
            (folder / name).write_text(shown[-1].text)
        self.environ = {**environ, "PATH": str(programs)}

    async def run(self, block: Block) -> str:
        """What went wrong; empty when nothing did."""
        process = await asyncio.create_subprocess_exec(
            str(self.folder / "bin" / "bash"),
            *("-euo", "pipefail", "-c", block.text),
            cwd=self.folder,
            env=self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
        except TimeoutError:
            process.kill()
            said, _ = await process.communicate()
        return f"{block.title}: exit code {process.returncode}: {said.decode()[-2000:]}" if process.returncode else ""

    async def run_all(self) -> list[str]:
        """In the order of the documents: later ones may build on what earlier ones made."""
        return [failure for block in blocks(COMMANDS) if (failure := await self._run_in_time(block))]

    async def _run_in_time(self, block: Block) -> str:
        """What looks at the whole is asked until all is well: just after a start something is still on its way."""
        if block.document not in LOOK_AT_THE_WHOLE:
            return await self.run(block)
        return await until(lambda: self.run(block), lambda failure: not failure, PATIENCE_SECONDS)
