"""For administrators: certificates are found, revoked, corrected and issued anew here, each act on the record."""

from __future__ import annotations

from app.web.admin import (
    certificate,
    certificate_exports,
    deciding,
    enrollment_list,
    found,
    home,
    inviting,
    merging,
    people_list,
    person,
    person_acts,
    provider_page,
    replacing,
    revoking,
    roles,
    rooms,
    rosters,
    trail,
)

ROUTERS = (
    home.router,
    people_list.router,
    inviting.router,
    person.router,
    person_acts.router,
    merging.router,
    provider_page.router,
    roles.router,
    enrollment_list.router,
    rosters.router,
    found.router,
    certificate_exports.router,
    certificate.router,
    revoking.router,
    replacing.router,
    deciding.router,
    *rooms.ROUTERS,
    trail.router,
)
