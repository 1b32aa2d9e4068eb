"""grpc: the Check call of grpc.health.v1."""

import asyncio

from grpclib.client import Channel
from grpclib.const import Status
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError
from grpclib.health.v1.health_grpc import HealthStub
from grpclib.health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpclib.protocol import H2Protocol

from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import Tls, dial
from health_svc.probes.evidence import PASS, FaultError, Verdict
from health_svc.probes.words import endpoint, short
from shared.contracts.checks import GrpcCheck
from shared.contracts.health.services import Result

_STATUSES: dict[Status, tuple[Result, str]] = {
    Status.NOT_FOUND: ("error", "{where} does not know the service {service!r}. Check its name"),
    Status.UNIMPLEMENTED: (
        "fail",
        "{where} has no health service. Add grpc.health.v1 to it, or check it by tcp",
    ),
    Status.UNAUTHENTICATED: ("fail", "{where} wants a login for its health service"),
    Status.PERMISSION_DENIED: ("fail", "{where} does not let us call its health service"),
}


class _DialledChannel(Channel):
    """A channel whose one connection is opened, timed and closed by us."""

    def __init__(self, check: GrpcCheck, context: ProbeContext) -> None:
        ssl = context.tls(True, "h2") if check.tls else None
        super().__init__(check.host, check.port, ssl=ssl)
        self._check, self._context = check, context
        self._tls = Tls(ssl, check.host) if ssl else None
        self._transport: asyncio.Transport | None = None

    async def _create_connection(self) -> H2Protocol:
        where = self._check.host, self._check.port
        self._transport, protocol = await dial(*where, self._context, self._protocol_factory, self._tls)
        self._context.seen.begin("call")
        return protocol

    def close(self) -> None:
        super().close()
        if self._transport:
            self._transport.abort()


async def probe_grpc(check: GrpcCheck, context: ProbeContext) -> Verdict:
    where, channel = endpoint(check.host, check.port), _DialledChannel(check, context)
    try:
        answer = await HealthStub(channel).Check(
            HealthCheckRequest(service=check.service), timeout=context.timeout_seconds
        )
    except GRPCError as error:
        result, words = _STATUSES.get(error.status, ("fail", "{where} answers {status}: {message}"))
        message = short(error.message or "no message", 80)
        reason = words.format(where=where, service=check.service, status=error.status.name, message=message)
        raise FaultError(result, reason) from error
    except (StreamTerminatedError, ProtocolError) as error:
        raise FaultError("fail", f"{where} does not speak gRPC, or broke off the call") from error
    finally:
        channel.close()
    said = HealthCheckResponse.ServingStatus.Name(answer.status)
    context.seen.response_head = said
    named = f"Service {check.service!r} of {where}" if check.service else where
    return PASS if answer.status == HealthCheckResponse.SERVING else Verdict("fail", f"{named} says {said}")
