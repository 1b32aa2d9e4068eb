"""Would the one who asks for a change still get in after it? Their own request is sent through the changed chain."""

from aiohttp import web
from msgspec import json

from gateway.chain.compiled import BuildError, build_step, plain
from gateway.interceptors import STEPS
from gateway.interceptors.step import Gate, Tools
from gateway.operations import ask
from shared.contracts.catalogue import BY_ID
from shared.contracts.pipeline.chain import Chain
from shared.contracts.pipeline.constraints import Violation
from shared.contracts.pipeline.procedures import VALIDATE_PIPELINE, ValidateChange
from shared.contracts.pipeline.revisions import Validation
from shared.contracts.wire import FieldError, Problem
from shared.problems import ProblemError, problem_of

UNDONE = "Nothing was changed"


async def rehearse(request: web.Request, change: ValidateChange) -> str:
    """The proof that the request passes the changed chain; empty for a change that is not valid, which pipeline_svc
    refuses. Raises ProblemError 422 when the request would be refused."""
    reply = await ask(request, VALIDATE_PIPELINE, change)
    validation = json.decode(reply.data, type=Validation)
    if validation.chain is None:
        return ""
    refusal = await refusal_of(request, validation.chain)
    if refusal is not None:
        raise locked_out(refusal)
    return validation.chain.proof


async def refusal_of(request: web.Request, chain: Chain) -> Violation | None:
    """Which step refuses the request, and why. Only those that may refuse are run, with counts of their own."""
    tools, passed = Tools(app=request.app), list[str]()
    steps = [step for step in chain.steps if step.enabled and step.id in STEPS and BY_ID[step.id].risky]
    try:
        tried = [(step.id, build_step(step, tools)) for step in steps]
        built = [part for id, step in tried if step for part in (_noting(id, passed), step)]
        response = await plain(built, _let_in)(request)
        words = "" if response.status < 400 else f"status {response.status}"
    except BuildError as error:
        step, _, words = str(error).partition(": ")
        return Violation(rule="lock_out", step=step, other=None, message=f"{step} cannot be built: {words}. {UNDONE}")
    except Exception as error:
        problem = problem_of(error)
        words = problem.detail if problem else str(error)
    if not words:
        return None
    message = f"After this change {passed[-1]} would refuse your own requests: {words}. {UNDONE}"
    return Violation(rule="lock_out", step=passed[-1], other=None, message=message)


def locked_out(refusal: Violation) -> ProblemError:
    """422."""
    problem = Problem(
        status=422,
        title="You would lock yourself out",
        detail=refusal.message,
        errors=[FieldError(refusal.step, refusal.message)],
        extensions={"violations": [refusal]},
    )
    return ProblemError(problem)


def _noting(id: str, passed: list[str]) -> Gate:
    return Gate(lambda request: passed.append(id))


async def _let_in(request: web.Request) -> web.StreamResponse:
    return web.Response(status=204)
