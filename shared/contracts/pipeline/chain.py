"""What gateways read."""

from msgspec import Struct

from shared.contracts.pipeline.document import Settings

GATEWAY = "gateway"
"""Whose chain it is: the id in the subjects of its events."""


class ChainStep(Struct, frozen=True, kw_only=True):
    id: str
    enabled: bool
    settings: Settings = {}


class Chain(Struct, frozen=True, kw_only=True):
    """A chain as gateways build it, in running order."""

    revision: int
    steps: list[ChainStep]


class AppliedChain(Struct, frozen=True, kw_only=True):
    """The chain every gateway should run now. `number` grows with each one applied; 0: none ever was."""

    number: int
    chain: Chain


CHAINS_BUCKET = "pipeline"


SAVED_KEY = "pipeline.saved"
"""Holds the Chain of the latest revision."""


APPLIED_KEY = "pipeline.applied"
"""Holds the last AppliedChain."""
