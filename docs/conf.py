"""Sphinx: `sphinx-build -W --keep-going docs docs/_build/html`."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "boundcalc"
author = "The boundcalc developers"
copyright = author
version = release = installed("boundcalc")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",
    "sphinxcontrib.bibtex",
    "catalog_pages",
    "docstrings",
]
exclude_patterns = ["_build", "_ext", "_generated/readme.md", "**.ipynb_checkpoints"]
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nb_execution_mode = "off"  # the tests execute the notebook; the page shows the output it is stored with
suppress_warnings = ["myst.header"]

bibtex_bibfiles = ["../boundcalc/language/refs.bib"]
bibtex_default_style = "plain"

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = True
napoleon_google_docstring = False

html_theme = "furo"
html_title = "boundcalc"
html_show_sphinx = False
html_copy_source = False
