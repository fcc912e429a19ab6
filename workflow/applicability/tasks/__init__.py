"""How groups are distributed. Add a kind of task here."""
