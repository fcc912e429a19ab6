"""How groups are distributed: draws, densities, the optimal rule. Add a kind of task here."""
