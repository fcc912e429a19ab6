"""The config: read, validated, turned into studies. May import study, errors and sources."""
