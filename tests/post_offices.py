"""Mail servers of our own, one step at a time: each can refuse, hang, or end the connection wherever it is told to."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HANG, DROP = "hang", "drop"
USUAL = {
    "greet": "220 here",
    "ehlo": "250 here",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "end": "250 ok",
}


@dataclass
class PostOffice:
    """A server that answers each step as it was told, and keeps what it took."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)  # by the address of a reader
    taken: list[bytes] = field(default_factory=list)
    calls: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is, as an operator writes it."""
        return f"smtp://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket) -> None:
        """Take one caller after the other, each in a thread."""
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._attend, args=(caller,), daemon=True).start()

    def _attend(self, caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError), caller.makefile("rb") as lines:
            if not self._say(caller, "greet"):
                return
            for line in lines:
                word = line.split(b" ")[0].strip().lower().decode()
                step = {"ehlo": "ehlo", "helo": "ehlo", "mail": "mail", "rcpt": "rcpt", "data": "data"}.get(word)
                if step is None:
                    return
                if not self._say(caller, step, line.decode()):
                    return
                if step == "data" and not self._receive(caller, lines):
                    return

    def _receive(self, caller: socket.socket, lines: Iterator[bytes]) -> bool:
        if self.answers.get("data", "354").startswith("354"):
            if self.answers.get("body") == DROP:
                return False
            message = []
            for line in lines:
                if line == b".\r\n":
                    self.taken.append(b"".join(message))
                    return self._say(caller, "end")
                message.append(line)
        return True

    def _say(self, caller: socket.socket, step: str, line: str = "") -> bool:
        refused = [words for reader, words in self.refused.items() if step == "rcpt" and reader in line]
        answer = (refused or [self.answers.get(step, USUAL[step])])[0]
        if answer == HANG:
            self.released.wait(30)
        if answer in {HANG, DROP}:
            return False
        caller.sendall(f"{answer}\r\n".encode())
        return True


@contextmanager
def opened(**answers: str) -> Iterator[PostOffice]:
    """Open a post office that answers some steps in its own way: `opened(rcpt="550 unknown")`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        office = PostOffice(port=listener.getsockname()[1], answers=answers)
        threading.Thread(target=office.serve, args=(listener,), daemon=True).start()
        try:
            yield office
        finally:
            office.released.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def certificate(folder: Path, *, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """Make a certificate that signs itself, for an address or a name; give its file and its key's."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    alternative: x509.GeneralName = x509.DNSName(host)
    with contextlib.suppress(ValueError):
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    today = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today)
        .not_valid_after(today + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{host}.pem", folder / f"{host}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def served_with(paths: tuple[Path, Path]) -> ssl.SSLContext:
    """Give the server's side of TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*paths)
    return context


def trusting(path: Path) -> ssl.SSLContext:
    """Give a reader's side of TLS that trusts one certificate and no other."""
    return ssl.create_default_context(cafile=str(path))
