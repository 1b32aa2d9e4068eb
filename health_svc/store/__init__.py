"""SQL of health_svc, one module per noun; every function takes an open connection."""
