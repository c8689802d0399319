"""Reads and changes single entries of a parsed certificate."""

from __future__ import annotations

import copy
import re

from boundcalc.certificate.verify import CertificateError, verify


def places(data, path=()):
    """Paths of all numbers in the certificate."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))
    elif isinstance(data, list):
        for k, value in enumerate(data):
            yield from places(value, (*path, k))
    elif isinstance(data, str) and re.fullmatch(r"-?\d+(/\d+)?", data):
        yield path


def changed(data, path, value):
    data = copy.deepcopy(data)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return data


def at(data, path):
    for key in path:
        data = data[key]
    return data


def accepted(data, changes):
    """The (path, value, certificate) that the verifier accepts of single changes, pairs of a path and a value."""
    for path, value in changes:
        mutant = changed(data, path, value)
        try:
            done = verify(mutant)
        except CertificateError:
            continue
        if done.accepted:
            yield path, value, mutant
