"""Secure connections: HTTP/2 where the server speaks it, and certificates that have to fit."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from flows.fetch.client import Client
from flows.fetch.fetch import Fetcher
from flows.fetch.settings import Politeness, Settings, user_agent

BODY = "渡口的船还没有来。".encode()
NAME = "h2.localhost"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for h2.localhost that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


async def speak(reader, writer):
    """Answer every request of one connection over HTTP/2: robots.txt with 404, a page else."""
    connection = H2Connection(H2Configuration(client_side=False))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65_536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived):
                missing = (b":path", b"/robots.txt") in event.headers
                headers = [(":status", "404" if missing else "200"), ("content-type", "text/html")]
                connection.send_headers(event.stream_id, headers)
                connection.send_data(event.stream_id, BODY, end_stream=True)
        writer.write(connection.data_to_send())
        await writer.drain()
    writer.close()


@asynccontextmanager
async def secure_site(certificate):
    """A site on loopback that speaks HTTP/2 only; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def got(certificate, host, *, trusted):
    settings = Settings(
        user_agent(),
        allow_private=(".localhost",),
        politeness=Politeness(delay=0.0, factor=0.0),
        attempts=1,
    )
    trust = ssl.create_default_context(cafile=certificate) if trusted else None

    async def run():
        async with (
            secure_site(certificate) as port,
            Fetcher(settings, client=Client(settings, ssl_context=trust)) as fetcher,
        ):
            return await fetcher.get(f"https://{host}:{port}/a")

    return asyncio.run(run())


def test_http_2_is_spoken_where_it_is_offered(certificate):
    """The hop says so; there is no reason phrase, and the body is whole."""
    [hop] = got(certificate, NAME, trusted=True).hops
    assert (hop.http_version, hop.reason, hop.status, hop.body) == ("HTTP/2", "", 200, BODY)
    assert hop.ip == "127.0.0.1"


@pytest.mark.parametrize(("host", "trusted"), [("other.localhost", True), (NAME, False)])
def test_a_certificate_has_to_fit(certificate, host, trusted):
    """That of another name, or of nobody whom anybody knows, is refused; once."""
    failure = got(certificate, host, trusted=trusted)
    assert failure.rule == "bad-certificate"
    assert "certificate" in failure.why
