"""System errors in words, and whose fault they are: this machine's (`error`) or the target's (`fail`)."""

import errno
import ssl

from health_svc.probes.certificates import handshake_words
from health_svc.probes.evidence import FaultError

_OURS = {
    errno.EMFILE: "health_svc has no free file descriptors. Raise its limit (ulimit -n)",
    errno.ENFILE: "This machine has no free file descriptors",
    errno.ENOBUFS: "This machine has no free network buffers",
    errno.ENOMEM: "This machine has no free memory for a connection",
    errno.EADDRNOTAVAIL: "This machine has no free local port or address to connect from",
    errno.ENETUNREACH: "This machine has no network route to {target}",
    errno.ENETDOWN: "The network of this machine is down",
    errno.EACCES: "This machine does not allow connections to {target}",
    errno.EPERM: "This machine does not allow connections to {target}",
    errno.EAFNOSUPPORT: "This machine does not speak the address family of {target}",
}
_THEIRS = {
    errno.ECONNREFUSED: "{target} refused the connection. Something answers on the host, but not on this port",
    errno.ECONNRESET: "{target} reset the connection",
    errno.EPIPE: "{target} closed the connection",
    errno.ECONNABORTED: "{target} broke off the connection",
    errno.ETIMEDOUT: "{target} did not answer. The system gave up",
    errno.EHOSTUNREACH: "{target} cannot be reached: the network does not find the host",
    errno.EHOSTDOWN: "{target} cannot be reached: the host is down",
}


def fault_of(error: OSError, target: str) -> FaultError:
    """A system error as a verdict: ours is `error`, the target's is `fail`."""
    if isinstance(error, ssl.SSLError):
        return FaultError("fail", f"{target} {handshake_words(error)}")
    number = error.errno or (errno.ETIMEDOUT if isinstance(error, TimeoutError) else 0)
    if isinstance(error, ConnectionResetError):
        number = errno.ECONNRESET
    if number in _OURS:
        return FaultError("error", _OURS[number].format(target=target))
    words = _THEIRS.get(number, f"{{target}}: {error.strerror or type(error).__name__}")
    return FaultError("fail", words.format(target=target))
