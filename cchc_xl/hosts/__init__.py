"""Hosts: the command line (and Excel). They translate arguments and results and do nothing else."""
