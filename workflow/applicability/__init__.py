"""When does a neural-network classifier work? One module per stage, pure functions beside file-to-file stages."""
