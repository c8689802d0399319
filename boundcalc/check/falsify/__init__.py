"""The search for counterexamples, and how they are made small."""
