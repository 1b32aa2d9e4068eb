"""Where an application keeps what every service has."""

from aiohttp import web

from belfry_reporter import Reporter
from shared.bus import Bus
from shared.db import Pool
from shared.settings import Settings

SETTINGS = web.AppKey("SETTINGS", Settings)
POOL = web.AppKey("POOL", Pool)
BUS = web.AppKey("BUS", Bus)
REPORTER = web.AppKey("REPORTER", Reporter)
REQUEST_ID = web.RequestKey("REQUEST_ID", str)
