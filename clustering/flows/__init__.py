"""
Promotions: how many students of each school and grade go on to each other school a year later.

- ``records/``: counted from student records;
- ``catchments/``: estimated from the overlap of attendance catchments;
- ``gravity/``: estimated from distance and enrolment alone, by a gravity model;
- ``cohorts``: the students who leave and enter each school, on which the gravity model rests;
- ``comparison``: how far estimated flows lie from recorded ones;
- ``crosswalk/``: flows of earlier years given to the schools that have succeeded theirs.
"""
