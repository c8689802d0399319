"""Shows a sweep as a table, in text and in HTML: each problem with its best bounds."""

from __future__ import annotations

from html import escape

from boundcalc.numbers.display import shows
from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor
from boundcalc.numbers.parsing import parse_rational
from boundcalc.sweep.rows import Row, Sweep

TITLES = ("n", "d", "m", "p", "law", "I* >=", "by", "I* <=", "by", "ratio <=")
DIGITS = 7
MOST = 40
"""Rows that are shown; a data frame has all."""


def _cells(row: Row) -> tuple[str, ...]:
    problem = (row.n, row.d, row.m, row.p, row.law)
    if row.best_lower is None or row.best_upper is None:
        return (*problem, row.status, row.error or "", "", "", "")
    low, high = (parse_rational(end, parameter="end") for end in (row.best_lower[0], row.best_upper[1]))
    ratio = "" if row.ratio is None else decimal_ceiling(parse_rational(row.ratio[1], parameter="ratio"), DIGITS)
    bounds = (decimal_floor(low, DIGITS), str(row.best_lower_key), decimal_ceiling(high, DIGITS), str(row.best_upper_key))
    return (*problem, *bounds, ratio)


def _left_out(sweep: Sweep) -> str:
    missing = sweep.size - len(sweep.rows)
    more = [f"{len(sweep.rows) - MOST} more rows: to_dataframe() has them"] if len(sweep.rows) > MOST else []
    return "; ".join([*more, *([f"{missing} of {sweep.size} problems are not evaluated"] if missing else [])])


@shows(Sweep, "text")
def sweep_text(sweep: Sweep) -> str:
    """A line a problem."""
    table = [TITLES, *(_cells(row) for row in sweep.rows[:MOST])]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table]
    return "\n".join([*lines, *filter(None, [_left_out(sweep)])])


@shows(Sweep, "latex")
def sweep_latex(sweep: Sweep) -> str:
    """How many problems it holds."""
    return rf"$\text{{{len(sweep.rows)} of {sweep.size} problems}}$"


@shows(Sweep, "html")
def sweep_html(sweep: Sweep) -> str:
    """A row a problem."""
    head = "".join(f"<th>{escape(title)}</th>" for title in TITLES)
    rows = ("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(row)) + "</tr>" for row in sweep.rows[:MOST])
    caption = "; ".join(filter(None, [f"best bounds on I*, rounded outward to {DIGITS} digits", _left_out(sweep)]))
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
