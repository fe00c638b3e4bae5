"""The life of a handover: its states, and what some of them have in common.

``handover.request`` has the moves from one to another.
"""

from odoo.fields import Domain
from odoo.tools import SQL

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("running", "Running"),
    ("transferred", "Handed Over"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
    ("returned", "Returned"),
    ("needs_review", "Approval Lapsed"),
]

# nobody has approved it: it is a proposal
PROPOSED = ("draft", "submitted")
# the planned day is still to come, nothing has moved
AHEAD = (*PROPOSED, "approved")
# what it says is approved, and goes on or has led to something
APPROVED_ON = ("approved", "running", "transferred", "done")
# the same, and what waits for the approval
UNDER_WAY = ("submitted", *APPROVED_ON)
# it was approved, and is not over: what somebody wishes freezes nothing
FROZEN = ("approved", "running", "transferred", "needs_review")
# the records have changed hands, and were not given back
HANDED_OVER = ("transferred", "done")
# somebody has something to do: it is neither over nor given up
IN_PROGRESS = (*AHEAD, "running", "transferred", "needs_review")
# over without a result
CLOSED = ("refused", "cancelled", "returned")

# somebody decides on it, or on its later end
AWAITING = Domain("state", "=", "submitted") | Domain("date_return_asked", "!=", False)

# lines whose successor has the record; what is to go back is not back yet
TAKEN = Domain("state", "=", "done") | (
    Domain("state", "in", ["todo", "failed"]) & Domain("goes_back", "=", True)
)

# what lines say of their outcome, before they have one
NO_RESULT = SQL("result_code = NULL, result_message = NULL, result_said = NULL")

# what goes on in the background and keeps nothing else from going on: nothing, or what
# only looks
FREE = [False, "check", "file"]
