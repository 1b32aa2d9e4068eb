"""How Belfry is run: on one machine, in containers, on Kubernetes."""
