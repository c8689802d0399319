"""What developers run: attacks, mutants of proof steps, tables and generated pages."""
