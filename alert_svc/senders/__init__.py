"""How a message gets to each kind of channel: one module a kind, that forms the request and reads the answer."""
