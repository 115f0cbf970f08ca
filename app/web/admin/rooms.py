"""The rooms of the office where approvals, requests, mail, jobs and settings are looked after."""

from __future__ import annotations

from app.web.admin import (
    approval_form,
    approval_pages,
    job_pages,
    mail_pages,
    request_list,
    request_pages,
    settings_page,
)

ROUTERS = (
    approval_form.router,
    approval_pages.router,
    request_list.router,
    request_pages.router,
    mail_pages.router,
    job_pages.router,
    settings_page.router,
)
