"""Lets no test depend on how fast the machine is."""

from hypothesis import settings

settings.register_profile("boundcalc", deadline=None)
settings.load_profile("boundcalc")
