"""Stages: each reads files and writes files; one module a command. No stage imports another."""
