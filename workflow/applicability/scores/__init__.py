"""How good a learner is. Add a score here."""
