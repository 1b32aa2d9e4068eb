from shared.service import run
from ws_svc.app import WsSettings, create_app

if __name__ == "__main__":
    run(create_app, WsSettings)
