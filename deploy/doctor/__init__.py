"""Examines a deployment (servers, rights, streams, schemas, clocks, certificates, settings) and says what to fix."""
