"""From file to file: one module a command. No stage imports another."""
