"""What can be refused before anything is started: each in one clear line."""

import os
from collections.abc import Mapping

from alert_svc.declared import load as load_alerts
from deploy.local.ports import why_not_free
from deploy.local.settings import LocalSettings
from health_svc.declared import load as load_services
from shared.declared import InvalidFile


class RefusedError(Exception):
    """Belfry cannot start like this; the message says what to change."""


def check_data(settings: LocalSettings) -> None:
    """The data directory exists afterwards, for its owner only."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise RefusedError(f"BELFRY_DATA_DIR {settings.data} cannot be made: {error.strerror}") from error
    if not os.access(settings.data, os.W_OK | os.X_OK):
        raise RefusedError(f"BELFRY_DATA_DIR {settings.data} cannot be written to by this user")


def check_port(settings: LocalSettings) -> None:
    if reason := why_not_free(settings.port, settings.host):
        raise RefusedError(f"cannot listen on {settings.host}:{settings.port} ({reason}). Choose another: PORT=8090")


def check_config(settings: LocalSettings, environ: Mapping[str, str]) -> None:
    """No file is fine, unless one was asked for."""
    try:
        load_services(settings.config)
        load_alerts(settings.config, environ)
    except FileNotFoundError as error:
        if "BELFRY_CONFIG" in environ:
            raise RefusedError(f"BELFRY_CONFIG is {settings.config}, and there is no such file") from error
    except InvalidFile as error:
        raise RefusedError("\nbelfry: ".join(error.errors)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"{settings.config} cannot be read: {error}") from error
