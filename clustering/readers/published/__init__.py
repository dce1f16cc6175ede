"""
Tables as agencies publish them, still as text.

- ``ccd_membership``, ``ccd_membership_columns``: CCD membership files of any size, block by block.
- ``edfacts``, ``edfacts_vocabulary``: rates of EDFacts and ED Data Express. ``rates``: one published rate to numbers.
- ``education_data_portal_pages``, ``education_data_portal_tables``: the Urban Institute's portal.
- ``school_characteristics``: codes for school type, Title I status, virtual. ``school_years``: school years.
"""
