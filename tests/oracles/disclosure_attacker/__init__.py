"""
An attacker who has all outputs of a dataset and the public sizes of every grade, and wants counts of 1 to 9 students.

It shares no code with ``clustering.disclosure``. ``known_flows`` and ``claims`` turn what is shown into bounds of hidden
counts, ``tightest`` finds what these bounds leave, ``attack`` counts whom that gives away. ``rates``, ``hashes`` and
``second_cuts`` attack in their own ways. ``faulty_ways`` shows counts as they must not be shown, so that tests can see
the attacker succeed. ``redraw`` draws another state that looks the same.
"""
