"""The findings, for people and for programs."""

from collections.abc import Sequence

import msgspec

from deploy.doctor.finding import Finding

SIGNS = {"ok": "ok", "warning": "WARNING", "failed": "FAILED"}


def table(findings: Sequence[Finding]) -> str:
    """One line each, what is wrong with what to do about it, and a summary."""
    width = max((len(finding.check) for finding in findings), default=0)
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.verdict]:<8} {finding.check:<{width}}  {finding.found}")
        if finding.fix:
            lines.append(f"{'':<8} {'':<{width}}  -> {finding.fix}")
    counts = {verdict: sum(each.verdict == verdict for each in findings) for verdict in SIGNS}
    return "\n".join([*lines, "", f"{counts['ok']} ok, {counts['warning']} warnings, {counts['failed']} failed"])


def as_json(findings: Sequence[Finding]) -> str:
    """`{"ok": bool, "findings": [{verdict, check, found, fix}]}`."""
    body = {"ok": not any(finding.verdict == "failed" for finding in findings), "findings": list(findings)}
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
