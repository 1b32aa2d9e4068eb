"""Composes the service: its settings, and what lives as long as the application."""

from aiohttp import web

from shared.service import bus_context, new_app, rpc_context
from shared.settings import Port, Settings


class PipelineSettings(Settings, frozen=True, kw_only=True):
    service: str = "pipeline_svc"
    port: Port = 8084


def create_app(settings: PipelineSettings) -> web.Application:
    app = new_app(settings)
    app.cleanup_ctx.extend([bus_context, rpc_context])
    return app
