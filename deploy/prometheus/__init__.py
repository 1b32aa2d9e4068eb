"""What Prometheus asks of Belfry, and the rules by which it watches it: tables, written to files beside them."""
