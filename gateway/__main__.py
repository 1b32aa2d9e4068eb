"""`python -m gateway`"""

from gateway.app import create_app
from gateway.settings import GatewaySettings
from shared.service import run

if __name__ == "__main__":
    run(create_app, GatewaySettings)
