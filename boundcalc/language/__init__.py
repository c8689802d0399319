"""Defines the language of proof steps: its grammar, its names, and statements written in it."""
