"""Sign-in by an OpenID Connect provider: its tokens, its people, and what role they have here."""
