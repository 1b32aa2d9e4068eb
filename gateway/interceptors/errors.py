"""Every error is an RFC 9457 problem. A stack goes to the log, never to the client."""

from gateway.interceptors.step import Step, Tools
from shared.contracts.interceptors import NoSettings
from shared.middleware import answer_errors


def build(settings: NoSettings, tools: Tools) -> Step:
    return answer_errors
