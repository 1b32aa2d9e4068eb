from latency_svc.app import LatencySettings, create_app
from shared.service import run

if __name__ == "__main__":
    run(create_app, LatencySettings)
