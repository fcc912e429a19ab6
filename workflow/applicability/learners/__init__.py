"""What is trained: networks and the linear discriminant. Add a kind of learner here."""
