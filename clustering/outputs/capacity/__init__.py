"""Matches and year plans as files: tables, the state's picture on one page, and a map."""
