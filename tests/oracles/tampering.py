"""Reads and changes single entries of a parsed certificate."""

from __future__ import annotations

import copy
import re

from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verify import CertificateError, verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem
from boundcalc.numbers.parsing import parse_rational


def built(upper, problem):
    """The certificate of one upper bound, with the basis as lower bound."""
    return certificate(report(Problem(*problem), digits=20, upper=[BOUNDS[upper]], lower=[BOUNDS["orthonormal"]]))


def number(data, *path):
    return parse_rational(at(data, path), parameter="x")


def beside(data, factor):
    """The certificate with a claim of its upper bound that is ``factor`` times the value."""
    for end in ("lower", "upper"):
        path = ("upper", "improvement", end)
        data = changed(data, path, str(number(data, *path) * factor))
    return data


def proves_less(data, room=0):
    """The changes of single numbers of the upper bound after which the verifier accepts a claim below the value."""
    claim = ("upper", "improvement", "upper")
    paths = [path for path in places(data) if path[0] == "upper"]
    changes = [(path, text) for path in paths for text in ("0", "1", "1/2", "-1", str(number(data, *path) * 2))]
    least = number(data, *claim) * (1 - fmpq(room))
    return [(path, text) for path, text, mutant in accepted(data, changes) if number(mutant, *claim) < least]


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
