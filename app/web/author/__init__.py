"""The Studio: where instructors write courses, see them as learners will, and publish them."""
