"""What gateways read."""

from hashlib import blake2b

from msgspec import Struct, json

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

    @property
    def proof(self) -> str:
        """What a caller shows to have tried this very chain."""
        return blake2b(json.encode(self, order="sorted"), digest_size=16).hexdigest()


class AppliedChain(Struct, frozen=True, kw_only=True):
    """The chain every gateway should run now. `number` grows with each one applied; 0: none ever was."""

    number: int
    chain: Chain


TRIED_ANOTHER = "tried_another"
"""The code of the 409 to a change whose proof is of another chain than it would make: to be tried anew."""
CHAINS_BUCKET = "pipeline"


SAVED_KEY = "pipeline.saved"
"""Holds the Chain of the latest revision."""


APPLIED_KEY = "pipeline.applied"
"""Holds the last AppliedChain."""
