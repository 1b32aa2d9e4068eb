"""An authority of our own, for installations that have none: who is issued a certificate, and for how long."""

import ipaddress
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

CERTIFICATE, KEY = "authority.crt", "authority.key"
LASTS, CERTIFICATE_LASTS = timedelta(days=3650), timedelta(days=365)
CLOCKS_APART = timedelta(hours=1)

OUR_NAME = "Authority of Belfry"
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, OUR_NAME)])

PrivateKey = ec.EllipticCurvePrivateKey


class Authority(Struct, frozen=True):
    """What it signs with; `certificate` is whom others trust."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> str:
        return _pem(self.certificate)


def exists(folder: Path) -> bool:
    return (folder / CERTIFICATE).exists()


def authority_in(folder: Path) -> Authority:
    """The one that is there, else a new one; its key is for the owner only. Raises OSError."""
    if not exists(folder):
        made = _self_signed(datetime.now(UTC))
        _write(folder / KEY, _key_pem(made.key))
        _write(folder / CERTIFICATE, made.pem)
    key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
    assert isinstance(key, PrivateKey)
    return Authority(x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes()), key)


def issue(authority: Authority, names: Iterable[str], now: datetime) -> tuple[str, str]:
    """A certificate for these names, for servers and clients, and its key; both as PEM."""
    names = list(names)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(names[0], key, now, CERTIFICATE_LASTS)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(list(map(_name, names))), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    return _pem(builder.sign(authority.key, hashes.SHA256())), _key_pem(key)


def serves(path: Path, names: Iterable[str], now: datetime) -> bool:
    """Whether the certificate in a file is for these names, and has at least half of its time left. One of another
    authority is its owner's to judge."""
    if not path.exists():
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    if found.issuer != NAME:
        return True
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return list(held) == list(map(_name, names)) and found.not_valid_after_utc - now > CERTIFICATE_LASTS / 2


def _self_signed(now: datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(OUR_NAME, key, now, LASTS)
        .issuer_name(NAME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def _builder(name: str, key: PrivateKey, now: datetime, lasts: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**(dict.fromkeys(names, False) | allowed))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: PrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
