"""Rosters: a list of people from a file, read, shown row by row before anything is written, and then taken in."""
