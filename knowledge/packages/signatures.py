"""Signatures: ed25519 keys in PEM files, as ``openssl genpkey -algorithm ed25519`` makes them."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from knowledge.errors import BrokenFile

DOMAIN = b"cruxmap package 1\n"
"""Stands before what is signed, so that a signature over a package can't pass for one over something else."""


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read the key that signs.

    Raises:
        BrokenFile: the file holds no unencrypted ed25519 private key.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise BrokenFile(0, f"no private key can be read ({problem}); make one with: openssl genpkey -algorithm ed25519").within(
            path
        ) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise BrokenFile(0, "the key is no ed25519 key; make one with: openssl genpkey -algorithm ed25519").within(path)
    return key


def public_key_hex(path: Path) -> str:
    """Read the key that a signature must come from, as 64 hex digits.

    Raises:
        BrokenFile: the file holds no ed25519 public key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as problem:
        raise BrokenFile(0, f"no public key can be read ({problem}); make one with: openssl pkey -in KEY -pubout").within(path) from problem
    if not isinstance(key, Ed25519PublicKey):
        raise BrokenFile(0, "the key is no ed25519 key").within(path)
    return key.public_bytes_raw().hex()


def signature(manifest: bytes, key: Ed25519PrivateKey) -> tuple[str, str]:
    """Return the public key and the signature over a manifest line, both in hex."""
    return key.public_key().public_bytes_raw().hex(), key.sign(DOMAIN + manifest).hex()


def holds(manifest: bytes, key: str, value: str) -> bool:
    """Say whether a signature is the key's over this manifest line."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(value), DOMAIN + manifest)
    except (InvalidSignature, ValueError):
        return False
    return True
