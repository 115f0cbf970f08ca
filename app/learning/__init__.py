"""A person in a course: enrolled, reading, and telling us what she thought of it."""
