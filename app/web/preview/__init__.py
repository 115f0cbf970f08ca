"""The preview: a course as learners will see it, built by their own pages, and not a trace left anywhere.

`router(find, prefix=…)` gives its routes; `find` is a dependency that gives an `OnView`, and `look` makes one.
"""

from app.web.preview.routes import router
from app.web.preview.view import OnView, look

__all__ = ["OnView", "look", "router"]
