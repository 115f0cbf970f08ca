"""The office's menu: what there is, one line each, and the right it takes to open it. Add your own line.

A page that others do not open stays off their menu; the page itself asks for the right again.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.identity.access import Right

HOME = "/admin"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: in which group, where to, in which words, with which icon, and who may go there."""

    group: str
    href: str
    words: str
    icon: str
    right: Right


GROUPS = ("People", "Certificates", "Provider", "House")  # in this order
MENU = (
    Entry("People", "/admin/people", "People", "users", Right.OVERSEE),
    Entry("People", "/admin/enrollments", "Enrollments", "book-open", Right.OVERSEE),
    Entry("People", "/admin/rosters", "Rosters", "upload", Right.OVERSEE),
    Entry("People", "/admin/people/invite", "Invite somebody", "mail", Right.OVERSEE),
    Entry("People", "/admin/roles", "Roles and rights", "lock", Right.OVERSEE),
    Entry("Provider", "/admin/provider", "Provider, logo and policies", "pencil-line", Right.OVERSEE),
    Entry("Certificates", "/admin/certificates", "Certificates", "award", Right.OVERSEE),
    Entry("Certificates", "/officer", "Look up by license", "search", Right.LOOK_UP),
    Entry("Provider", "/admin/approvals", "Approvals", "file-check", Right.OVERSEE),
    Entry("People", "/admin/requests", "Requests and grievances", "clock", Right.OVERSEE),
    Entry("House", "/admin/mail", "Mail", "mail", Right.OVERSEE),
    Entry("House", "/admin/jobs", "Jobs", "list", Right.OVERSEE),
    Entry("House", "/admin/trail", "Audit trail", "list", Right.OVERSEE),
    Entry("House", "/admin/settings", "Settings", "info", Right.OVERSEE),
)
