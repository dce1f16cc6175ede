"""
Promotions counted from student records.

- ``school_of_record``: the one school of each student and school year, where records give several;
- ``promotions``: where the students of each school and grade were a year later, with an account of every record;
- ``trajectories``, ``paths``: where students were year by year, and their ways over two promotions;
- ``counting``: students counted by many columns at once.
"""
