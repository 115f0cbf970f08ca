"""Real houses: `continua serve` in a process of its own, over a folder and a database of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "courses" / "social-media-and-confidentiality"  # what the journeys are about, however many ship
LONGEST_WAIT = 30.0
PAUSE = 0.05


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class OpenHouse:
    """A house at an address of this machine. It can die, and come back at the same address."""

    folder: Path
    database_url: str
    port: int
    name: str = "127.0.0.1"  # browsers keep passkeys for a name: "localhost"
    _serving: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://{self.name}:{self.port}"

    @property
    def courses(self) -> Path:
        """Where its courses lie: the one that the journeys are about, unless a test has put another version there."""
        folder = self.folder / "courses"
        if not folder.exists():
            shutil.copytree(SHIPPED, folder / SHIPPED.name)
        return folder

    def open(self) -> None:
        """Start the server, and wait until it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self._serving = subprocess.Popen(self._command("serve"), cwd=ROOT, env=self._settings(), stderr=log)
        deadline = monotonic() + LONGEST_WAIT
        while not self._answers():
            assert self._serving.poll() is None, self.log
            assert monotonic() < deadline, f"no answer after {LONGEST_WAIT} s: {self.log}"
            sleep(PAUSE)

    def die(self) -> None:
        """End the server as a power cut would: it is told nothing."""
        if self._serving:
            self._serving.kill()
            self._serving.wait()

    def close(self) -> None:
        """End the server as its operator would."""
        if self._serving:
            self._serving.terminate()
            self._serving.wait(LONGEST_WAIT)

    def run(self, *words: str) -> None:
        """Run a command as the operator."""
        subprocess.run(self._command(*words), cwd=ROOT, env=self._settings(), check=True, stdout=subprocess.DEVNULL)

    def link_for(self, email: str) -> str:
        """Have the operator make a link for somebody of the staff: it counts for more than a code."""
        made = subprocess.run(
            self._command("people", "link", email), cwd=ROOT, env=self._settings(), check=True, capture_output=True
        )
        return made.stdout.decode().strip().removeprefix(self.address)

    def code_for(self, email: str) -> str:
        """Read the newest sign-in code in the mail, once it has arrived; the letter is thrown away."""
        deadline = monotonic() + LONGEST_WAIT
        while not (found := self._newest_code(email)):
            assert monotonic() < deadline, f"no letter to {email}: {self.log}"
            sleep(PAUSE)
        return found

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "app", *words]

    def _settings(self) -> dict[str, str]:
        ours = {
            "DATA": str(self.folder),
            "DATABASE_URL": self.database_url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": "" if self.name == "127.0.0.1" else self.address,
            "COURSES": str(self.courses),
            "SMTP_URL": "",
        }
        return os.environ | {f"CONTINUA_{name}": value for name, value in ours.items()}

    def _answers(self) -> bool:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_WAIT)) as line:
            line.request("GET", "/health")
            return line.getresponse().status == HTTPStatus.OK
        return False

    def _newest_code(self, email: str) -> str:
        for letter in sorted(self.folder.glob("mail/*.eml"), reverse=True):
            found = re.search(r"\b\d{6}\b", _words_to(email, letter))
            if found:
                letter.unlink()
                return found[0]
        return ""


def _words_to(email: str, letter: Path) -> str:
    message = message_from_bytes(letter.read_bytes(), _class=EmailMessage, policy=policy.default)
    plain = message.get_body(("plain",)) if message["To"] == email else None
    return plain.get_content() if plain else ""
