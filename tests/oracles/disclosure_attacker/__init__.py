"""
An attacker who has all outputs of a dataset and the public sizes of every grade, and wants counts of 1 to 9 students.

It shares no code with ``clustering.disclosure``. ``known_flows`` and ``claims`` turn what is shown into bounds of
hidden counts: of one table, or of several cuts of the same students. ``tightest`` finds what these bounds leave, and
``attack`` counts whom that gives away. ``rates``, ``hashes`` and ``lists`` attack in their own ways.
``library_answers`` and ``http_answers`` ask for all that there is. ``faulty_ways`` shows counts as they must not be
shown, so that tests can see the attacker succeed. ``redraw`` draws another state that looks the same.
"""
