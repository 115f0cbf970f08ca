"""Courses as files: what an instructor writes, read into frozen nouns. No SQL and no web lives here."""
