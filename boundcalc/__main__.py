"""Runs the command line: ``python -m boundcalc``."""

from boundcalc.cli.main import main

main()
