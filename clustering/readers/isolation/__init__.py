"""Files that nobody vouches for, read in a process that can do little else."""
