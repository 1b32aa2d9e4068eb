"""`python -m deploy.image.alive`: exit code 0 when the process of this container answers /healthz, else 1."""

import os
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

SECONDS = 3.0


def main() -> int:
    port = int(os.environ["PORT"])
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    if os.environ.get("BELFRY_TLS_CERT_FILE"):  # our own process: its certificate has another name
        connection = HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=ssl._create_unverified_context())
    try:
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
