"""Who asks, and may they: accounts, sessions, API tokens, and the trail of what was done."""
