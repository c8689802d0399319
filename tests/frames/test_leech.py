"""The Golay code, the Leech vectors and their sections."""

import numpy as np
import pytest
from oracles.gram_squares import frame_gram_squares, strength

from boundcalc.frames.catalog import FRAMES
from boundcalc.frames.leech import golay_code, leech, lines_1408, lines_2300, minimal_vectors
from boundcalc.frames.quadratic import Quadratic
from boundcalc.frames.unbiased_bases import barnes_wall


def catalog(key):
    return next(frame for frame in FRAMES if frame.key == key)


def test_golay_code():
    code = golay_code()
    weights, counts = np.unique(code.sum(axis=1), return_counts=True)
    assert dict(zip(weights.tolist(), counts.tolist(), strict=True)) == {0: 1, 8: 759, 12: 2576, 16: 759, 24: 1}
    assert not ((code[:, None, :64] @ np.swapaxes(code[None, :64], 1, 2)) % 2).any(), "self-orthogonal"
    assert len({tuple(word) for word in code.tolist()}) == 4096


def test_minimal_vectors():
    vectors = minimal_vectors()
    assert len(np.unique(vectors, axis=0)) == len(vectors) == 196560
    assert set((vectors**2).sum(axis=1).tolist()) == {32}
    # membership in the lattice: entries of one parity m, sum 4 m modulo 8, and each residue class modulo 4 a codeword
    parity = vectors[:, 0] % 2
    assert (vectors % 2 == parity[:, None]).all()
    assert ((vectors.sum(axis=1) - 4 * parity) % 8 == 0).all()
    code = {word.tobytes() for word in golay_code().astype(np.int8)}
    marks = (((vectors - parity[:, None]) // 2) % 2).astype(np.int8)
    assert {mark.tobytes() for mark in marks} <= code


def orbits_of_lines():
    """Labels of the orbits of the Leech lines under sign changes by codewords, i → i + 1 and i → −1/i (mod 23)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    lines = leech().rational.T
    powers = 9 ** np.arange(12, dtype=np.int64)

    def label(vectors):
        leading = vectors[np.arange(len(vectors)), (vectors != 0).argmax(axis=1)]
        shifted = vectors * np.sign(leading)[:, None] + 4
        return (shifted[:, :12] @ powers) * 9**6 * 9**6 % (2**61 - 1) + shifted[:, 12:] @ powers

    labels = label(lines)
    order = np.argsort(labels)
    assert len(np.unique(labels)) == len(lines), "the labels tell the lines apart"
    shift = np.array([*((k + 1) % 23 for k in range(23)), 23])
    invert = np.array([23, *((-pow(k, -1, 23)) % 23 for k in range(1, 23)), 0])
    images = [lines[:, shift], lines[:, invert]]
    images += [lines * (1 - 2 * word) for word in golay_code()[1 << np.arange(12)]]
    edges = []
    for image in images:
        wanted = label(image)
        place = order[np.searchsorted(labels[order], wanted).clip(max=len(lines) - 1)]
        assert (labels[place] == wanted).all(), "a symmetry maps lines to lines"
        leading = image[np.arange(len(image)), (image != 0).argmax(axis=1)]
        assert (lines[place] == image * np.sign(leading)[:, None]).all()
        edges.append(place)
    size = len(lines)
    graph = coo_array((np.ones(size * len(edges)), (np.tile(np.arange(size), len(edges)), np.concatenate(edges))), (size, size))
    return connected_components(graph, directed=False)[1]


def test_every_leech_line_sees_the_others_alike():
    # representatives of all orbits of a group of symmetries, each against all lines
    frame, columns = catalog("leech"), leech()
    assert (columns.d, columns.n) == (frame.d, frame.n)
    rows = np.unique(orbits_of_lines(), return_index=True)[1].tolist()
    assert 1 <= len(rows) <= 12
    expected = {Quadratic(u): count for u, count in frame.squares}
    assert all(dict(frame_gram_squares(columns, row)) == expected for row in rows)
    assert strength(columns, rows) == frame.strength == 10


@pytest.mark.parametrize(("build", "key"), [(lines_1408, "1408_lines"), (barnes_wall, "barnes_wall"), (lines_2300, "2300_lines")])
def test_large_frames_all_pairs(build, key):
    frame, columns = catalog(key), build()
    assert (columns.d, columns.n) == (frame.d, frame.n)
    assert dict(frame_gram_squares(columns, 0)) == {Quadratic(u): count for u, count in frame.squares}
    # all pairs: whole inner products far below 2^53, so float64 holds them exactly
    scale = np.array([pair[0] for pair in columns.basis], dtype=np.float64)
    gram = (columns.rational.T * scale) @ columns.rational
    norm = gram[0, 0]
    assert (np.diag(gram) == norm).all()
    counted = 1
    for u, count in frame.squares:
        assert ((gram**2 * int(u.q) == int(u.p) * norm**2).sum(axis=1) == count).all()
        counted += count
    assert counted == frame.n
    assert strength(columns, [0]) == frame.strength
