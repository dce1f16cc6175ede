"""Enrolment by grade judged."""
