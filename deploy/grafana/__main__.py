"""`python -m deploy.grafana`: writes the dashboards anew."""

from deploy.grafana.files import files

for path, text in files().items():
    path.write_text(text)
