"""How she signs in: what she proves herself with, where she is signed in, and her address."""

from app.web.security import address, authenticator, overview, passkeys, recovery, sign_ins

ROUTERS = (
    overview.router,
    passkeys.router,
    authenticator.router,
    recovery.router,
    sign_ins.router,
    address.router,
)
