"""What is asked: the config, read and checked, turned into studies."""
