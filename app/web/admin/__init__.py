"""For administrators: certificates are found, revoked, corrected and issued anew here, each act on the record."""

from __future__ import annotations

from app.web.admin import certificate, deciding, found, home, replacing, revoking

ROUTERS = (home.router, found.router, certificate.router, revoking.router, replacing.router, deciding.router)
