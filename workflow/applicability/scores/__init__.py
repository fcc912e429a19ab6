"""How good a learner is: scores of its networks, statistics, verdicts. Add a score here."""
