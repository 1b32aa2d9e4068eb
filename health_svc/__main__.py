import os
from pathlib import Path

from health_svc.app import HealthSettings, create_app
from health_svc.declared import load
from shared.declared import InvalidFile
from shared.process import refuse
from shared.service import run


def check_config(path: Path) -> None:
    """A file that cannot be used ends the process before the start; one that is not there is none."""
    try:
        load(path)
    except FileNotFoundError:
        return
    except InvalidFile as error:
        refuse("\nbelfry: ".join(error.errors))
    except OSError as error:
        refuse(f"{path.name} cannot be read: {error.strerror}")


if __name__ == "__main__":
    check_config(Path(os.environ.get("BELFRY_CONFIG") or HealthSettings().config_path))
    run(create_app, HealthSettings)
