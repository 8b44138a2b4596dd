"""For tests: a certificate authority and a certificate of this machine, made on the spot."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificates(folder: Path, name: str = "course") -> Mapping[str, str]:
    """Environment variables with which Dask's schedulers, workers and clients use TLS, by certificates of one authority
    that is made here. ``name`` is the authority's: those of another name do not trust it.
    """
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed(name, authority_key.public_key(), name, authority_key, is_authority=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed("127.0.0.1", key.public_key(), name, authority_key, is_authority=False)
    files = {
        "ca": authority.public_bytes(serialization.Encoding.PEM),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM),
        "key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    paths = {}
    for file, content in files.items():
        paths[file] = folder / f"{name}-{file}.pem"
        paths[file].touch(mode=0o600)
        paths[file].write_bytes(content)
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    variables = {f"{prefix}CA_FILE": str(paths["ca"])}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        variables[f"{prefix}{role}__CERT"] = str(paths["certificate"])
        variables[f"{prefix}{role}__KEY"] = str(paths["key"])
    return variables


def _signed(
    name: str, key: ec.EllipticCurvePublicKey, by: str, by_key: ec.EllipticCurvePrivateKey, *, is_authority: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(by_key, hashes.SHA256())
