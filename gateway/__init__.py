"""The one door: HTTP for people and programs, answered by the services behind the bus."""
