"""Checking certificates: what an officer meets who holds a number, a paper, or a folder of two hundred files.

No account, no puzzle, no trace. Every page works without a script; with one, the table fills while files are read.
"""

from __future__ import annotations

from app.web.verifying import asking, receipts, record

ROUTERS = (asking.router, receipts.router, record.router)
