"""The maker of the table of orbits: what it looks for, and what it keeps."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.lower import orthogonal_array, random_chirps, random_directions
from boundcalc.bounds.lower.orbit_search import OrbitPlan
from boundcalc.bounds.lower.witness_table import ranked, table
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from tools import orbit_witnesses
from tools.orbit_witnesses import (
    Cover,
    add_searched,
    chosen,
    entry_of,
    ladder,
    length,
    made,
    numbers,
    p_for,
    values,
    without,
    write,
)  # fmt: skip


def test_lists_of_numbers():
    assert numbers("2-5,9") == [2, 3, 4, 5, 9]


@pytest.mark.parametrize(("d", "m"), [(9, 3), (40, 3), (6, 5)])
def test_the_ladder_ends_past_half_designs_and_stops_at_the_limit(d, m):
    sizes = list(ladder(d, m, 1.35))
    assert [n for n, _ in sizes] == sorted(n for n, _ in sizes)
    assert [n for n, limited in sizes if limited] == ([6000] if sizes[-1][0] > 6000 else [])
    assert all(n < 1.6 * before for (before, _), (n, _) in pairwise(sizes))


def test_p_is_that_at_which_so_many_features_are_wanted():
    for n in (300, 1000, 5000):
        choice = random_directions.BOUND.choose(Problem("inf", 30, 3, p_for(n, 30, 3), "rademacher"))
        assert 0.9 * int(choice.shown["n"]) == pytest.approx(n, rel=0.15)


def test_an_entry_holds_its_own_sums():
    plan = OrbitPlan("orbits", Symmetry(6, (1, 5), zero_sum=1), 2)
    value, generators = made(plan, 3, "1e-2", 40)
    entry = entry_of(plan.symmetry, plan.symmetry.rounded(generators), 3)
    assert (entry["n"], entry["d"]) == (24, 5)
    whole = plan.symmetry.images(plan.symmetry.rounded(generators))
    loss = exact_loss(whole.tolist(), m=3, p="1e-2", law="rademacher")
    second, fourth = fmpq(1, 100), fmpq(97, 10_000)
    assert loss.C == fourth * entry["C"][1] + 3 * second**2 * entry["C"][0]
    assert float(int(loss.improvement_best_scale.p)) / int(loss.improvement_best_scale.q) == pytest.approx(value / 100, rel=2e-3)


def some(*dimensions):
    """Entries of the table as a search finds them, with their keys in place of the generators."""
    return [
        {"m": e.m, "d": e.d, "n": e.n, "C": list(e.of_c), "D": list(e.of_d), "group": e.symmetry.as_json(), "generators": key}
        for key, e in table().items()
        if e.symmetry is not None and e.d in dimensions
    ]


@pytest.mark.parametrize(("d", "bound"), [(118, random_chirps.BOUND), (64, orthogonal_array.BOUND)])
def test_closed_forms_stand_where_the_table_has_nothing(d, bound):
    worth = evaluate_lower(bound, Problem("inf", d, 3, "1e-6", "rademacher"), 12).value.enclosure.lower
    found = without(3, "rademacher", "1e-6", d)
    assert found[-1] == pytest.approx(float(int(worth.p)) / int(worth.q) * 10**6, rel=1e-9)
    assert found == sorted(found)


def test_random_directions_stand_where_the_table_has_nothing():
    for d, p in ((20, "1e-6"), (9, "3e-3")):
        worth = evaluate_lower(random_directions.BOUND, Problem("inf", d, 3, p, "gaussian"), 12).value.enclosure.lower
        found = without(3, "gaussian", p, d)
        assert found[-1] == pytest.approx(float(int(worth.p)) / int(worth.q) / float(p), rel=2e-3)
        assert found == sorted(found)


def test_entries_are_added_until_nothing_gains_or_the_room_is_used_up():
    entries = [entry for entry in some(9, 12, 15) if entry["m"] == 3]
    cover = Cover(entries, 3)
    assert cover.add(0.0005, 1e9) < 1e9
    for k in range(len(entries)):  # in every dimension, limit, law and p
        for step, d in enumerate(cover.dimensions[cover.place[k] :]):
            have = cover.have[:, :, cover.place[k] + step]
            assert np.all(cover.reach(k)[:, :, step] <= have * (1 + 0.0005 * d) * (1 + 1e-12))
    room = 8 * max(map(length, entries))
    few = chosen(entries, room, 0)
    more = chosen(entries, room, room)
    assert 0 < len(few) < len(chosen(entries)) <= len(entries)
    assert sum(map(length, few)) <= room < sum(map(length, more)) <= 2 * room


def test_what_is_worse_everywhere_is_dropped(tmp_path):
    entries = some(12, 15)
    kept = chosen(entries)
    worse = [{**entry, "D": [2 * x for x in entry["D"]], "generators": "worse"} for entry in entries]
    assert chosen(entries + worse) == kept
    found = tmp_path / "found.jsonl"
    found.write_text("".join(json.dumps(entry) + "\n" for entry in entries + worse))
    write(found, tmp_path)
    stored = json.loads((tmp_path / "orbit_witnesses.json").read_text())["witnesses"]
    orbits = json.loads((tmp_path / "orbit_generators.json").read_text())["witnesses"]
    assert stored.keys() == orbits.keys()
    assert len(stored) == len(kept)
    assert not any(entry["generators"] == "worse" for entry in orbits.values())


def test_what_the_table_has_stays_with_its_name(tmp_path):
    few, found = some(12, 15), tmp_path / "found.jsonl"
    found.write_text("".join(json.dumps(entry) + "\n" for entry in few))
    write(found, tmp_path)
    names = [tmp_path / f"orbit_{name}.json" for name in ("witnesses", "generators")]
    before = [json.loads(path.read_text())["witnesses"] for path in names]
    twice = [{**entry, "C": [2 * x for x in entry["C"]], "generators": "twice"} for entry in few[:2]]
    found.write_text("".join(json.dumps(entry) + "\n" for entry in twice))
    write(found, tmp_path, keep=True)
    after = [json.loads(path.read_text())["witnesses"] for path in names]
    for old, new in zip(before, after, strict=True):
        assert old.items() <= new.items()
    assert [entry["generators"] for key, entry in after[1].items() if key not in before[1]] == ["twice"] * 2


@pytest.mark.parametrize(("have", "added"), [(0.0, 1), (1e9, 0)])
def test_what_the_search_finds_beyond_the_table_is_added_once(monkeypatch, tmp_path, have, added):
    problem = Problem(30, 9, 3, "1e-6", "rademacher")
    monkeypatch.setattr(orbit_witnesses, "compared", lambda m, d: [problem, problem])
    monkeypatch.setattr(orbit_witnesses, "ranked", lambda problem: [(have, None)])
    add_searched(tmp_path / "found.jsonl", 3, [9])
    found = [json.loads(line) for line in (tmp_path / "found.jsonl").read_text().splitlines()]
    assert [entry["n"] <= 30 and entry["d"] in (8, 9) for entry in found] == [True] * added
    for entry in found:  # as good as what bounds has for this problem with its table
        assert values([entry], 3, "rademacher", "1e-6")[0] > 0.99 * ranked(problem)[0][0]
