"""A small knowledge base with a history, as a package and as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from knowledge.changesets import Author
from knowledge.packages.contents import Package, packed
from knowledge.packages.writing import write_package
from knowledge.records import Link, Retraction
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import Relation
from tests.knowledge.builders import HOLDS, LEAKS, WARRANT, changeset


@pytest.fixture
def key() -> Ed25519PrivateKey:
    """A key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def package(store: KnowledgeStore) -> Package:
    """Two branches, their join and a retraction on top."""
    root = store.commit(changeset(*LEAKS))
    left = store.commit(changeset(*HOLDS, parents=(root,), reason="left"))
    link = Link(premises=(HOLDS[2].id,), target=LEAKS[2].id, relation=Relation.ATTACKS, warrant=WARRANT.id)
    right = store.commit(changeset(*HOLDS, WARRANT, link, parents=(root,), author=Author.STRUCTURING, reason="right – größer"))
    joined = store.commit(changeset(parents=(left, right), author=Author.RUN, reason="join"))
    tip = store.commit(changeset(Retraction(record=link.id, reason="wrong way round"), parents=(joined,), author=Author.PERSON))
    return packed(store, tip)


@pytest.fixture
def file(package: Package, key: Ed25519PrivateKey, tmp_path: Path) -> Path:
    """The package, signed."""
    path = tmp_path / "dam.jsonl"
    write_package(package, path, key=key)
    return path
