"""Receipts: what was found, dated and signed, for the case file."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
