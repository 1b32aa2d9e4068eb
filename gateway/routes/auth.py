"""Sign-in, users, tokens and the audit trail: everything under /api/v1/auth."""

from gateway.auth import accounts, machines, sign_in
from gateway.auth.oidc import flow
from gateway.auth.oidc.config import CALLBACK
from gateway.live.tickets import make_ticket
from gateway.routes.route import Local, Route
from shared.contracts import auth
from shared.contracts.live import WsTicket
from shared.contracts.wire import Nothing

_AT = "/api/v1/auth"
_USER = f"{_AT}/users/{{name}}"
_LOGIN = {"username": "ana", "password": "correct horse battery staple"}
_CHANGE = {"current_password": "correct horse battery staple", "new_password": "a longer and better one"}
_CREATE = {"name": "dana", "role": "operator", "password": "a first password to change"}
_TOKEN = {"label": "Deploy pipeline", "role": "operator"}

AUTH: tuple[Route, ...] = (
    Route("POST", f"{_AT}/login", "public", Local(sign_in.sign_in, auth.Login, auth.Me), "Sign in", example=_LOGIN),
    Route(
        "GET", f"{_AT}/methods", "public", Local(flow.list_methods, Nothing, auth.SignInMethods),
        "How one may sign in",
    ),
    Route(
        "GET", flow.START, "public", Local(flow.start_sign_in, flow.StartSignIn, Nothing),
        "Sign in at the provider: sends the browser there", status=303,
    ),
    Route(
        "GET", CALLBACK, "public", Local(flow.end_sign_in, flow.ProviderAnswer, Nothing),
        "Where the provider sends the browser back to", status=303,
    ),
    Route("POST", f"{_AT}/logout", "self", Local(sign_in.sign_out, Nothing, Nothing), "Sign out", status=204),
    Route("GET", f"{_AT}/me", "self", Local(sign_in.get_me, Nothing, auth.Me), "Who is signed in"),
    Route(
        "POST", f"{_AT}/password", "self", Local(sign_in.change_password, auth.ChangePassword, Nothing),
        "Change one's own password", status=204, example=_CHANGE,
    ),
    Route("GET", f"{_AT}/sessions", "self", Local(sign_in.list_sessions, Nothing, auth.Sessions), "One's own sessions"),
    Route(
        "DELETE", f"{_AT}/sessions", "self", Local(sign_in.end_all_sessions, Nothing, Nothing),
        "Sign out everywhere", status=204,
    ),
    Route(
        "POST", f"{_AT}/ws-ticket", "viewer", Local(make_ticket, Nothing, WsTicket),
        "A ticket that lets one WebSocket in", audited=False,
    ),
    Route("GET", f"{_AT}/users", "admin", Local(accounts.list_users, Nothing, auth.Users), "All users"),
    Route(
        "POST", f"{_AT}/users", "admin", Local(accounts.create_user, auth.CreateUser, auth.User),
        "Add a user", status=201, example=_CREATE,
    ),
    Route(
        "PATCH", _USER, "admin", Local(accounts.update_user, accounts.ChangeUser, auth.User),
        "Change a user", body="changes", example={"role": "viewer"},
    ),
    Route(
        "DELETE", _USER, "admin", Local(accounts.delete_user, accounts.UserRef, Nothing),
        "Remove a user", status=204,
    ),
    Route("GET", f"{_AT}/tokens", "operator", Local(machines.list_tokens, Nothing, auth.Tokens), "API tokens"),
    Route(
        "POST", f"{_AT}/tokens", "operator", Local(machines.create_token, auth.CreateToken, auth.NewToken),
        "Make an API token; its secret is shown this once", status=201, example=_TOKEN,
    ),
    Route(
        "DELETE", f"{_AT}/tokens/{{token_id}}", "operator", Local(machines.revoke_token, machines.TokenRef, Nothing),
        "Revoke an API token", status=204,
    ),
    Route(
        "GET", f"{_AT}/audit", "admin", Local(machines.read_audit, auth.AuditQuery, auth.AuditTrail),
        "Who did what, newest first",
    ),
)  # fmt: skip
