"""Dashboards of Belfry for Grafana: tables, written to `dashboards/` as the JSON that Grafana reads."""
