"""The parts of the independent verifier of certificate files: they import each other, flint and the standard library."""
