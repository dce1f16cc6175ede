"""
Tables of text brought into the shape that validation knows, before their headings are recognised.

One module for each kind of change; ``reshape`` names their order. A step changes only which columns and records a table
has. It interprets no value, and a table that does not need it comes back as it is.
"""
