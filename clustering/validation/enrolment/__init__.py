"""CCD membership files validated: enrolment by school and grade."""
