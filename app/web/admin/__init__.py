"""For administrators: certificates are found, revoked, corrected and issued anew here, each act on the record."""

from __future__ import annotations

from app.web.admin import certificate, deciding, found, home, people_list, replacing, revoking

ROUTERS = (
    home.router,
    people_list.router,
    found.router,
    certificate.router,
    revoking.router,
    replacing.router,
    deciding.router,
)
