from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.problem import Problem


def test_where_no_row_needs_anything_there_is_one_contact():
    """10^7 features in 10^6 dimensions: all is 0, no peak is above half of that, and an empty array was a traceback."""
    problem = Problem(10**7, 10**6, 3, "0.01", "uniform")
    coupled, alone = (evaluate_upper(find(key), problem).value for key in ("coupled_frontier", "frontier"))
    assert coupled.certified <= alone.certified
