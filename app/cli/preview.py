"""`continua preview`: a course folder as learners will see it, in a browser that follows every saved file.

It needs no database and keeps nothing: the folder is read when it has changed, and the pages are built from that.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from app.kit.clock import system_clock
from app.kit.errors import Refusal

PORT = 8010


class NoFolder(Refusal):
    """There is nothing at the path to preview."""

    def __init__(self, path: Path) -> None:
        """Name the path."""
        super().__init__(f"There is no folder “{path}”. Check its name, and name the folder that holds course.md.")


class PortTaken(Refusal):
    """Another program answers at the port."""

    def __init__(self, port: int) -> None:
        """Name the port."""
        super().__init__(f"Something else already answers at port {port}. Choose another one, as in --port {port + 1}.")


def preview(
    path: Annotated[Path, typer.Argument(help="A course folder.")],
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where on this machine to show it.")] = PORT,
) -> None:
    """Show a course as learners will see it. An open browser follows whenever a file is saved."""
    import uvicorn

    from app.web.preview import alone

    if not path.is_dir():
        raise NoFolder(path)
    _assert_free(alone.LOOPBACK, port)
    typer.echo(f"The preview of {path} is at http://{alone.LOOPBACK}:{port}/  (Ctrl+C ends it)")
    watched = alone.Watched(path, clock=system_clock)
    # The browser's line for news stays open for ever: at the end it is not waited for.
    uvicorn.run(
        alone.app_of(watched),
        host=alone.LOOPBACK,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


def _assert_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(port) from None
