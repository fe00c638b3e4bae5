"""What somebody gives as the leader of some teams says of which, where it goes on."""

from odoo import SUPERUSER_ID, api

GOES_ON = ("submitted", "approved", "running", "transferred", "needs_review")


def migrate(cr, version):
    """Take the teams that the requester leads by now for those led when it was sent."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    requests = env["handover.request"].search(
        [("predecessor_id", "!=", False), ("state", "in", GOES_ON)]
    )
    for request in requests:
        if team_ids := request._teams_given():
            request._trusting().write({"given_team_ids": team_ids})
