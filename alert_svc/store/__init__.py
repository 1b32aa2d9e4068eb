"""What alert_svc keeps in PostgreSQL: one module a subject, SQL in full."""
