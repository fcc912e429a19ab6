"""How results are kept: files, arrays, tables, and where each comes from."""
