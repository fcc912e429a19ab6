"""What is trained. Add a kind of learner here."""
