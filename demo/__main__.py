"""`python -m demo edge`: one process of the shop, on PORT. `partners` are others' services, `load` the customers."""

import argparse
import asyncio
import os

from aiohttp import web

from demo import load, partners, service
from demo.shop import HOST, PORTS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("name", choices=[*PORTS, "load"])
    name = parser.parse_args().name
    if name == "load":
        asyncio.run(load.run())
        return
    app = partners.create_app() if name == "partners" else service.create_app(name)
    port = int(os.environ.get("PORT", PORTS[name]))
    web.run_app(app, host=HOST, port=port, print=None, access_log=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
