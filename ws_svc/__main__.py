from ws_svc.app import WsSettings, create_app
from shared.service import run

if __name__ == "__main__":
    run(create_app, WsSettings)
