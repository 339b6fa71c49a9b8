"""Authorities and certificates for tests of TLS."""

from __future__ import annotations

__all__ = ["Authority", "server_pem"]

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)
_YEAR = 365 * _DAY


def _name() -> x509.Name:
    """A name of its own, as OpenSSL takes equal ones for one and the same."""
    serial = x509.random_serial_number()
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{serial:x}")])


def _build(
    subject: x509.Name, issuer: x509.Name, age_days: int
) -> x509.CertificateBuilder:
    """A certificate of one year that is so many days old."""
    since = datetime.datetime.now(datetime.UTC) - age_days * _DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + _YEAR)
    )


class Authority:
    """One who signs; ``pem`` is what to trust it by."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name()
        built = (
            _build(self.name, self.name, 1)
            .public_key(self.key.public_key())
            .add_extension(x509.BasicConstraints(True, None), critical=True)
        )
        signed = built.sign(self.key, hashes.SHA256())
        self.pem = signed.public_bytes(serialization.Encoding.PEM)


def server_pem(host: str, authority: Authority | None, age_days: int = 1) -> bytes:
    """Key and certificate of a server, in PEM form.

    Without an authority it has signed for itself.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    alternative: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    subject = _name()
    built = (
        _build(subject, authority.name if authority else subject, age_days)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
    )
    signed = built.sign(authority.key if authority else key, hashes.SHA256())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + signed.public_bytes(serialization.Encoding.PEM)
