"""Verifies certificate files independently: it imports flint and the standard library, and nothing else of boundcalc.

Read it in this order, from the file to the verdict:

1. ``reading``: the file, its numbers, and :class:`~boundcalc.certificate.verifier.reading.Work`, which bounds what a file may cost.
2. ``problem``: n, d, m, p and the law; moments, cumulants, and what a row contributes.
3. ``claims``: a claimed enclosure, and the proof that a value lies inside.
4. ``whole``: the verdict, item by item; its table UPPER names what proves each upper bound.
5. ``witnesses`` and ``explicit_vectors`` (with ``quadratic``): the lower bounds.
6. ``polynomials``, ``closed_forms``, ``uniform_in_n`` and ``dense_rows``: nonnegative polynomials; upper bounds in closed form.
7. ``rows`` and ``row_moments``: the bounds by rows, U7 and U8.
8. ``frontier``, and for m = 5 ``frontier_general`` and ``frontier_quintic``: U9, U13 and U14;
   ``coupled_frontier`` and ``coupled_quintic`` (m = 5): U11.
"""
