"""Template of a quantity: the crosstalk q_i − a_i² = Σ_{j ≠ i} A_ij² that feature i receives from the others.

Copy this file to boundcalc/model/named/, and add CROSSTALK to QUANTITIES in boundcalc/model/named/index.py.
"""

from boundcalc.model.named.quantity import Dependence, Quantity

CROSSTALK = (
    Quantity(
        "crosstalk[i]",  # how claims write it: i is a feature, k would be an integer
        r"\chi_{{{0}}}",
        "squared entries of row i of A off the diagonal",
        Dependence.WEIGHTS,
        lambda c, i: c("q", i) - c("a", i) ** 2,  # in the ring of the case: exact, floating with gradient, polynomial
        sign="+",
        code=("crosstalk = q - a**2", "q", "a"),  # what a counterexample is shown with
    ),
)
