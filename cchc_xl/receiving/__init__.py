"""Receiving: the files of a folder → what a merge keeps of each, with every core and without reading a file twice."""
