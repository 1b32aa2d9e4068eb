"""What providers call by themselves: nobody is signed in, and the service verifies the provider's signature."""

from urllib.parse import parse_qsl

from aiohttp import web

from gateway.operations import ask, open_to_all
from shared.contracts.alerts.procedures import TAKE_TWILIO_CALLBACK
from shared.contracts.alerts.requests import TwilioCallback
from shared.problems import bad_request, forbidden, too_large, unsupported_media

MOST_BYTES, MOST_FIELDS = 16 * 1024, 100
FORM = "application/x-www-form-urlencoded"
SIGNATURE = "X-Twilio-Signature"


def add_callbacks(app: web.Application) -> None:
    open_to_all(app, ROUTES)


async def take_twilio(request: web.Request) -> web.Response:
    """Whether a text has arrived."""
    signature = request.headers.get(SIGNATURE, "")
    if not signature or len(signature) > 200:
        raise forbidden(f"The header {SIGNATURE} is needed")
    told = TwilioCallback(
        delivery_id=request.match_info["delivery_id"][:64], signature=signature, fields=await _form(request)
    )
    await ask(request, TAKE_TWILIO_CALLBACK, told)
    return web.Response(status=204)


async def _form(request: web.Request) -> dict[str, str]:
    if request.content_type != FORM:
        raise unsupported_media(f"Send {FORM}")
    if request.content_length is None or request.content_length > MOST_BYTES:
        raise too_large(MOST_BYTES)
    body = await request.read()
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise bad_request("The form cannot be read") from None


ROUTES = (web.post("/callbacks/twilio/{delivery_id}", take_twilio),)
