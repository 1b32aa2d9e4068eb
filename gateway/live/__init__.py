"""The live channel: what happens in Belfry, told to clients over WebSockets. See docs/live.md."""
