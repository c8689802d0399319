"""Lists the literature, each work once, and the mark of what is derived in this project."""

from boundcalc.language.claims import Citation, Derivation

CHOWDHURY_WEINER = Citation(
    "ChowdhuryWeiner2026",
    "Chowdhury, Weiner, Effects of sparsity and superposition on loss in simple autoencoders, arXiv:2606.18538 (2026)",
)
SWISSA = Citation(
    "Swissa2026", "Swissa, A sparsity-dependent upper bound for tied-weight power autoencoders, research draft (2026)"
)
SCHERLIS = Citation(
    "Scherlis2022",
    "Scherlis, Sachan, Jermyn, Benton, Shlegeris, Polysemanticity and capacity in neural networks, arXiv:2210.01892 (2022)",
)
WELCH = Citation(
    "Welch1974",
    "Welch, Lower bounds on the maximum cross correlation of signals, IEEE Trans. Inform. Theory 20 (1974) 397-399",
)
SIDELNIKOV = Citation(
    "Sidelnikov1974",
    "Sidelnikov, New bounds for densest packing of spheres in n-dimensional Euclidean space, Math. USSR Sb. 24 (1974) 147-157",
)
DELSARTE_GOETHALS_SEIDEL = Citation(
    "DelsarteGoethalsSeidel1977", "Delsarte, Goethals, Seidel, Spherical codes and designs, Geom. Dedicata 6 (1977) 363-388"
)
LEVENSHTEIN = Citation(
    "Levenshtein1998", "Levenshtein, Universal bounds for codes and designs, Handbook of Coding Theory, Elsevier (1998) 499-648"
)
COHN_KUMAR = Citation(
    "CohnKumar2007",
    "Cohn, Kumar, Universally optimal distribution of points on spheres, J. Amer. Math. Soc. 20 (2007) 99-148",
)
BOYVALENKOV = Citation(
    "Boyvalenkov2016",
    "Boyvalenkov, Dragnev, Hardin, Saff, Stoyanova, Universal lower bounds for potential energy of spherical codes, "
    "Constr. Approx. 44 (2016) 385-415",
)
WALDRON = Citation("Waldron2018", "Waldron, An introduction to finite tight frames, Birkhauser (2018)")
CONWAY_SLOANE = Citation("ConwaySloane1999", "Conway, Sloane, Sphere packings, lattices and groups, 3rd ed., Springer (1999)")
REZNICK = Citation("Reznick1992", "Reznick, Sums of even powers of real linear forms, Mem. Amer. Math. Soc. 96 (1992), no. 463")
STROUD = Citation("Stroud1971", "Stroud, Approximate calculation of multiple integrals, Prentice-Hall (1971)")
CALDERBANK = Citation(
    "Calderbank1997",
    "Calderbank, Cameron, Kantor, Seidel, Z4-Kerdock codes, orthogonal spreads, and extremal Euclidean line-sets, "
    "Proc. London Math. Soc. 75 (1997) 436-480",
)
DELSARTE_GOETHALS = Citation(
    "DelsarteGoethals1975", "Delsarte, Goethals, Alternating bilinear forms over GF(q), J. Combin. Theory Ser. A 19 (1975) 26-50"
)
GOETHALS = Citation(
    "Goethals1976",
    "Goethals, Nonlinear codes defined by quadratic forms over GF(2), Information and Control 31 (1976) 43-74",
)
ALLTOP = Citation(
    "Alltop1980", "Alltop, Complex sequences with low periodic correlations, IEEE Trans. Inform. Theory 26 (1980) 350-354"
)
WOOTTERS_FIELDS = Citation(
    "WoottersFields1989",
    "Wootters, Fields, Optimal state-determination by mutually unbiased measurements, Ann. Phys. 191 (1989) 363-381",
)
DERIVED = Derivation("derived in boundcalc, with the proof given here and without peer review")
