"""Refusals: what the house says no to, each a sentence to the person with what to do next.

A noun defines its own refusals beside the verb that raises them, as subclasses of a kind here.
`main.py` turns a refusal into a page for people or problem JSON (RFC 9457) for machines, once.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """A request that is understood and refused. `message` is shown to the person as it stands."""

    status = 400
    title = "That did not work"
    message = "We could not do that."
    retry_after = 0  # seconds after which it may go; 0 where waiting changes nothing

    def __init__(self, message: str | None = None) -> None:
        """Take the sentence to the person, or the kind's own."""
        self.message = message or self.message
        super().__init__(self.message)


class NotFound(Refusal):
    """Nothing here, or not hers: the two are told in the same words."""

    status = 404
    title = "We could not find that page"
    message = "There is nothing at this address. Check it for typing slips, or start from the course list."


class SignInNeeded(Refusal):
    """The act needs to know who she is."""

    status = 401
    title = "Please sign in"
    message = "Sign in to go on. What you have done so far is kept."


class Forbidden(Refusal):
    """She is known, and this is not hers to do."""

    status = 403
    title = "That is not yours to do"
    message = "Your account does not have the right to do this."


class Conflict(Refusal):
    """The record has moved on since the page was made."""

    status = 409
    title = "That has changed in the meantime"


class Gone(Refusal):
    """It was here and is not any more."""

    status = 410
    title = "That is no longer here"


class TooLarge(Refusal):
    """More was sent than is accepted."""

    status = 413
    title = "That is too large"
    message = "More was sent than we accept in one go."


class Unsupported(Refusal):
    """Sent in a form that is not understood."""

    status = 415
    title = "We could not read that"
    message = "This was sent in a form we do not understand."


class Invalid(Refusal):
    """A form with mistakes: one sentence per field, under the field's name."""

    status = 422
    title = "Please check what you entered"
    message = "Some answers need another look."

    def __init__(self, fields: Mapping[str, str], message: str | None = None) -> None:
        """Take a sentence for each field that needs another look."""
        self.fields = dict(fields)
        super().__init__(message)


class TooMany(Refusal):
    """Asked too often in too short a time."""

    status = 429
    title = "Please wait a moment"


class Unavailable(Refusal):
    """It can be done, but not right now or not on this machine."""

    status = 503
    title = "Not available just now"
