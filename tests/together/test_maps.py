"""Gap map and phase diagram: each cell has the colour, the region and the name that its problem calls for."""

import numpy as np
import pytest
from flint import fmpq
from oracles.sweep_rows import evaluated, made_up

from boundcalc import ParameterError
from boundcalc.render import plots
from boundcalc.render.plots.style import encoded

P = ("1/1000", "1/100", "1/10", "1/5")


def inside(patch, p, y):
    """Whether a point is in a region: the winding number of its loops, holes being clockwise."""
    return bool(patch.get_path().contains_point((p, y)))


def regions(axes):
    return {patch.get_label(): patch for patch in axes.patches if patch.get_gid()}


def gap_rows():
    return [
        made_up("1/1000", "0.004", "0.008", d="2"),
        made_up("1/100", "0.04", "0.05", d="2"),
        made_up("1/1000", "0.004", "0.0040002", d="3"),
        made_up("1/100", "0.04", "0.064", d="3"),
    ]


def test_the_gap_is_the_certified_ratio():
    figure = plots.gap_map(gap_rows())
    (mesh,) = [found for found in figure.axes[0].collections if found.get_gid() == "gap"]
    assert np.asarray(mesh.get_array()) == pytest.approx(np.array([[2, 1.25], [1.00005, 1.6]]))
    assert mesh.norm.vmin == 1
    assert mesh.norm.vmax == 2
    assert figure.axes[1].get_ylabel() == "best upper / best lower bound"
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["2", "3"]


def test_bands_of_the_gap_hold_their_cells():
    axes = plots.gap_map(gap_rows()).axes[0]
    found = regions(axes)
    assert set(found) == {"over 1.5", "1.2–1.3", "at most 1.0001"}
    assert inside(found["over 1.5"], 0.001, 2)
    assert inside(found["over 1.5"], 0.01, 3)
    assert inside(found["1.2–1.3"], 0.01, 2)
    assert inside(found["at most 1.0001"], 0.001, 3)
    assert not inside(found["at most 1.0001"], 0.01, 3)
    assert found["at most 1.0001"].get_hatch()


def test_a_missing_cell_is_left_open():
    figure = plots.gap_map(gap_rows()[:3])
    (mesh,) = [found for found in figure.axes[0].collections if found.get_gid() == "gap"]
    assert np.ma.getmaskarray(mesh.get_array()).tolist() == [[False, False], [False, True]]
    assert "Grey: no bounds there." in figure.caption
    assert "Grey" not in plots.gap_map(gap_rows()).caption
    phases = plots.phase_diagram(phase_rows()[:-1])
    assert not any(inside(patch, 0.2, 4) for axes in phases.axes for patch in regions(axes).values())
    assert "Grey: no bounds there." in phases.caption


def test_other_axes_than_p_need_one_p():
    rows = [made_up(p, "0.04", "0.05", d=d, n=n) for p in ("1/100", "1/50") for d in ("2", "3") for n in ("6", "9")]
    with pytest.raises(ParameterError, match=r"^p = nothing: must be chosen for this figure: the sweep has 1/100, 1/50$"):
        plots.gap_map(rows, x="n", y="d")
    figure = plots.gap_map(rows, x="n", y="d", p="0.02")
    assert figure.axes[0].get_title(loc="left") == "$m = 3$, $p = 1/50$, Rademacher"
    assert figure.axes[0].get_xlabel() == "features $n$"


def phase_rows():
    """d = 3; the basis alone reaches p min(n, d): helps, open and does not help at known places."""
    fields = {"1/1000": ("0.0045", "0.007"), "1/100": ("0.04", "0.05"), "1/10": ("0.3", "0.31"), "1/5": ("0.6", "0.6")}
    rows = []
    for n in ("3", "6", "12"):
        for p in P:
            lower, upper = fields[p]
            sharp = n == "3" or p == "1/5"
            alone = str(3 * {"1/1000": 0.001, "1/100": 0.01, "1/10": 0.1, "1/5": 0.2}[p])[:5]
            rows.append(
                made_up(p, alone, alone, n=n, key="capacity", frame="orthonormal")
                if sharp
                else made_up(p, lower, upper, n=n, frame="orthonormal" if p == "1/10" else "icosahedron")
            )
    return rows


@pytest.mark.parametrize("width", ["column", "text"])
def test_phases_are_where_the_rows_put_them(width):
    figure = plots.phase_diagram(phase_rows(), width=width)
    phase, best, upper = figure.axes
    found = regions(phase)
    expected = {}
    for ratio, n in ((1, 3), (2, 6), (4, 12)):
        for p in (0.001, 0.01, 0.1, 0.2):
            if n == 3 or p == 0.2:
                expected[p, ratio] = "does not help"
            else:
                expected[p, ratio] = "open" if p == 0.1 else "helps"
    for (p, ratio), name in expected.items():
        assert [other for other, patch in found.items() if inside(patch, p, ratio)] == [name]
    assert {name for name, patch in regions(best).items() if inside(patch, 0.01, 2)} == {"icosahedron"}
    assert {name for name, patch in regions(best).items() if inside(patch, 0.1, 4)} == {"orthonormal"}
    assert {name for name, patch in regions(upper).items() if inside(patch, 0.01, 2)} == {"frontier (U9)"}
    assert {name for name, patch in regions(upper).items() if inside(patch, 0.2, 2)} == {"capacity (U7)"}
    assert "(4); does not help" in figure.caption
    assert "orthonormal basis (6); open otherwise (2)" in figure.caption


def test_every_region_is_named_in_place_or_in_the_legend_and_hatched_apart():
    figure = plots.phase_diagram(phase_rows())
    for axes in figure.axes:
        named = {text.get_text() for text in axes.texts}
        legend = axes.get_legend()
        named |= {text.get_text() for text in legend.get_texts()} if legend else set()
        found = regions(axes)
        assert set(found) <= named
        assert len({patch.get_hatch() for patch in found.values()}) == len(found)


def test_names_stand_inside_their_regions():
    for axes in plots.phase_diagram(phase_rows()).axes:
        found = regions(axes)
        for text in axes.texts:
            assert inside(found[text.get_text()], *text.get_position())


@pytest.mark.parametrize("width", ["column", "text"])
def test_a_legend_covers_no_name(width):
    """Many small regions beside a few large ones, so that each panel has both."""
    frames = ("E8", "24_cell", "clebsch", "petersen")
    rows = [made_up(p, "0.4", "0.5", n=n, frame="E6") for n in ("6", "60") for p in ("1/100000", *P)]
    rows += [made_up(p, "0.4", "0.5", n=n, frame=frames[k % 4]) for k, n in enumerate(("7", "8", "9", "10")) for p in P]
    figure = plots.phase_diagram(rows, width=width)
    figure.draw_without_rendering()
    middle = figure.axes[1]
    assert {text.get_text() for text in middle.get_legend().get_texts()} >= {"Clebsch"}
    covered = [middle.get_legend().get_window_extent().overlaps(text.get_window_extent()) for text in middle.texts]
    assert covered
    assert not any(covered)


def test_margin_moves_the_border():
    """The witness at p = 1/100 is better by a third."""
    assert "(4); does not help" in plots.phase_diagram(phase_rows()).caption
    figure = plots.phase_diagram(phase_rows(), margin=fmpq(2, 5))
    (helps,) = [patch for name, patch in regions(figure.axes[0]).items() if name == "helps"]
    assert inside(helps, 0.001, 2)  # 0.0045 over 0.003
    assert not inside(helps, 0.01, 2)


def test_true_bounds_give_the_phases_of_the_theory():
    rows = [evaluated(n, 3, p) for n in (3, 6, 12) for p in ("1/100", "1/20", "13/100", "1/2")]
    found = regions(plots.phase_diagram(rows).axes[0])
    assert set(found) == {"helps", "does not help"}
    for n in (6, 12):
        assert inside(found["helps"], 0.05, n / 3)
        assert inside(found["does not help"], 0.13, n / 3)
    assert inside(found["does not help"], 0.05, 1)  # n = d


def test_svg_has_the_names_as_text():
    svg = encoded(plots.phase_diagram(phase_rows()), "svg").decode()
    for name in ("helps", "does not help", "open", "icosahedron", "frontier (U9)", "best witness"):
        assert f">{name}<" in svg or f") {name}<" in svg


def test_a_map_needs_one_law_and_two_values():
    with pytest.raises(ParameterError, match=r"^law = nothing"):
        plots.phase_diagram([*phase_rows(), made_up("1/7", "0.5", "0.6", law="uniform", n="6")])
    with pytest.raises(ParameterError, match="two values or more"):
        plots.phase_diagram([made_up(p, "0.5", "0.6", n="6") for p in P])
