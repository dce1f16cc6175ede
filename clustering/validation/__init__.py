"""Tables of text judged: every fault is found, and nothing later looks at raw input again."""
