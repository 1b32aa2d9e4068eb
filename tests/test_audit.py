"""What the tools say, read right: faults, none, and a database that could not be asked."""

import pytest

from tests.audit import CLEAN, FAULTS, NOT_AUDITED, Report, of_npm, of_python, verdict

SOUND = '{"dependencies": [{"name": "aiohttp", "version": "3.14.5", "vulns": []}], "fixes": []}'
FAULTY = (
    '{"dependencies": [{"name": "aiohttp", "version": "3.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.2"]}]},'
    '{"name": "yarl", "version": "1", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}], "fixes": []}'
)
SKIPPED = '{"dependencies": [{"name": "aiohttp", "skip_reason": "Dependency not found on PyPI"}], "fixes": []}'
NPM_SOUND = '{"vulnerabilities": {}, "metadata": {"dependencies": {"total": 321}}}'
NPM_FAULTY = (
    '{"vulnerabilities": {"vite": {"severity": "high", "range": "<8.1"}}, "metadata": {"dependencies": {"total": 321}}}'
)
NPM_AWAY = '{"message": "405 Method Not Allowed - POST /-/npm/v1/security/advisories/bulk", "method": "POST"}'


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (of_python("P", SOUND, ""), "P: 1 packages, 0 known faults"),
        (of_python("P", FAULTY, ""), "aiohttp 3.1: PYSEC-1, fixed in 3.2"),
        (of_python("P", SKIPPED, ""), "P: NOT AUDITED: the database does not know 1 of 1 packages"),
        (of_python("P", "", "Traceback\nConnectionError: no route"), "P: NOT AUDITED: ConnectionError: no route"),
        (of_python("P", "[]", ""), "P: NOT AUDITED: []"),
        (of_npm("N", NPM_SOUND, ""), "N: 321 packages, 0 known faults"),
        (of_npm("N", NPM_FAULTY, ""), "vite <8.1: high"),
        (of_npm("N", NPM_AWAY, "npm error"), "N: NOT AUDITED: 405 Method Not Allowed"),
        (of_npm("N", "", ""), "N: NOT AUDITED: the tool said nothing"),
    ],
)
def test_a_report_says_what_is_known_and_what_is_not(report: Report, line: str) -> None:
    assert report.lines[0].startswith(line)


def test_faults_fail_and_what_was_not_asked_fails_only_when_it_must_not() -> None:
    sound, faulty, unasked = of_python("P", SOUND, ""), of_npm("N", NPM_FAULTY, ""), of_npm("N", NPM_AWAY, "")

    assert [verdict([sound], strict) for strict in (False, True)] == [CLEAN, CLEAN]
    assert [verdict([sound, unasked], strict) for strict in (False, True)] == [CLEAN, NOT_AUDITED]
    assert [verdict([faulty, unasked], strict) for strict in (False, True)] == [FAULTS, FAULTS]
