import sys

from alert_svc import command
from alert_svc.app import create_app
from alert_svc.settings import AlertSettings
from shared.service import run

if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(command.main(sys.argv[1:]))
    run(create_app, AlertSettings)
