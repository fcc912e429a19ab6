"""How results are kept: files, arrays, tables, and their origin. May import study and errors."""
