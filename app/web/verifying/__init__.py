"""Checking certificates: what an officer meets who holds a number, a paper, or a folder of two hundred files.

No account, no puzzle, no trace. Every page works without a script; with one, the table fills while files are read.
"""

from __future__ import annotations

from app.web.verifying import asking, public_files, receipts, record

# The files of a certificate before its page: their addresses look like a number with an ending.
ROUTERS = (asking.router, receipts.router, public_files.router, record.router)
