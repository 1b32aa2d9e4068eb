"""How each kind of check is measured. `run_checks` is all that the rest of health_svc needs."""

from health_svc.probes.context import ProbeContext, probe_context
from health_svc.probes.run import budget_seconds, run_checks
from health_svc.probes.table import PROBES, Probe

__all__ = ["PROBES", "Probe", "ProbeContext", "budget_seconds", "probe_context", "run_checks"]
