"""Health: whether the house is open, for whoever keeps it running."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text

from app.request import Db

router = APIRouter()


@router.get("/health")
def health(db: Db) -> JSONResponse:
    """Say that the server answers and its database does."""
    db.execute(text("SELECT 1"))
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
