from alert_svc.app import create_app
from alert_svc.settings import AlertSettings
from shared.service import run

if __name__ == "__main__":
    run(create_app, AlertSettings)
