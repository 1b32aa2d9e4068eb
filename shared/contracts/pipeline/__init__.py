"""The pipeline: the steps every request passes in the gateway, their order, settings and cost."""

from shared.contracts.pipeline.events import (
    NodeAnnounced,
    PipelineApplied,
    PipelineChanged,
    PipelineConfirmed,
    PipelineMeasured,
)
from shared.contracts.pipeline.procedures import RPCS

__all__ = ["EVENTS", "RPCS"]

EVENTS = (PipelineChanged, PipelineApplied, PipelineConfirmed, NodeAnnounced, PipelineMeasured)
