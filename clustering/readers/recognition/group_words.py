"""Words for groups of students, which a heading has if it is not of all students."""

# Parts of words too, as in Females and Ethnicity.
GROUP_WORDS = r"male|white|black|hispanic|asian|race|ethnic"
GROUP_LETTERS = "ell|lep|swd|frl"  # each a word by itself
