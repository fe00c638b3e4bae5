"""Opening the lists and the overview: the questions that the web client asks."""

import json

from benchmarks.form import ROWS, specification

# one opening is too short to be measured
TIMES = 20


def overview(requests):
    """Answer a function that opens the overview several times."""
    return _times(requests, lambda: requests.get_overview())


def my_handovers(requests):
    """Answer a function that opens the reader's handovers several times."""
    action = requests.env.ref("crm_handover.handover_request_action")
    view = (
        action.sudo().view_ids.filtered(lambda view: view.view_mode == "list").view_id
    )
    columns = specification(requests, "list", view.id)
    domain = [("state", "not in", ("done", "cancelled", "returned"))]
    return _times(
        requests,
        lambda: requests.web_read_group(
            domain,
            ["my_part"],
            ["__count"],
            limit=80,
            auto_unfold=True,
            unfold_read_specification=columns,
            unfold_read_default_limit=ROWS,
        ),
    )


def cockpit(request):
    """Answer a function that opens the cockpit of a handover once."""
    return _once(request.get_cockpit)


def briefing(request):
    """Answer a function that opens the briefing, and its first customer."""

    def question():
        answer = request.get_briefing()
        first = answer["customers"][0]
        return [answer, request.get_briefing_customer(first["line_ids"])]

    return _once(question)


def calls(followups):
    """Answer a function that opens whom to call next."""
    return _once(followups.get_calls)


def _once(question):
    return lambda: len(json.dumps(question(), default=str))


def _times(requests, question):
    def work():
        for _time in range(TIMES):
            # each is a request of its own
            requests.env.invalidate_all()
            answer = question()
        return len(json.dumps(answer, default=str))

    return work
