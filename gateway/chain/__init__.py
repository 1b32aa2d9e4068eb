"""The chain that every request passes: built from a document, swapped while requests run, and timed step by step."""
