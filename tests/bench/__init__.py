"""Speed and memory beside peers, measured in one run on one machine: `make bench`, or `make bench ONLY=probes`."""
