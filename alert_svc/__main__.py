from alert_svc.app import AlertSettings, create_app
from shared.service import run

if __name__ == "__main__":
    run(create_app, AlertSettings)
