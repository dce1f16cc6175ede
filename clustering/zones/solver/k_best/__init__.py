"""The best, second best, ... membership, proved, by Lawler's method."""
