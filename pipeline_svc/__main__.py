from pipeline_svc.app import PipelineSettings, create_app
from shared.service import run

if __name__ == "__main__":
    run(create_app, PipelineSettings)
