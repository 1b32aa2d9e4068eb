"""The version every process reports."""

VERSION = "0.1.0"
