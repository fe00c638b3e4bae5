"""From a list to handovers: what would happen, and doing it.

Each step asks Odoo what is there already. A run that was cut off is run again and goes
on: Odoo answers the same handover to the same key.
"""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .clients import Refused
from .people_file import BadRow

REQUEST, LINE = "handover.request", "handover.request.line"
# lines that are written in one call
AT_ONCE = 500
# seconds between two looks at what goes on in the background
INTERVAL = 2


@dataclass
class Share:
    """Who takes a kind of record, or one record; ``kind`` empty: what is left."""

    row: int
    successor: int
    kind: dict = field(default_factory=dict)
    record: int = 0


@dataclass
class Plan:
    """A handover with everybody looked up."""

    wanted: object
    values: dict
    shares: list
    # the handover that was made of it: {"id", "name", "state", "collected_scope_ids"}
    known: dict = field(default_factory=dict)
    # rows whose record it does not have, where it was submitted before: {row: text}
    lacking: dict = field(default_factory=dict)

    @property
    def is_past_draft(self):
        """Whether it was made, and submitted, before: what it holds is settled."""
        return _is_past_draft(self.known)


def together(wanted, directory):
    """Put together what a list asks for by several names of one person.

    :return: ``(list of Wanted, list of BadRow)``
    """
    groups, keys, wrong = {}, {}, []
    for one in wanted:
        try:
            person = directory.person(one.person)
        except Refused:
            # it is told where the handover is planned
            person = one.person.lower()
        try:
            what = person, one.start, one.end, one.given_key
            if first := groups.get(what):
                # whatever is wrong with the row, it may be known by this name
                first.other_keys.append(one.key)
                first.take_up(one.row, one.reason, one.purpose, one.parts)
            elif other := keys.get(one.given_key):
                reason = f"row {other.row} has this key, of somebody or times else"
                raise BadRow(one.row, reason)
            else:
                groups[what] = one
                if one.given_key:
                    keys[one.given_key] = one
        except BadRow as error:
            wrong.append(error)
    return [*groups.values()], wrong


def plan(wanted, directory):
    """Look up everybody and everything that a handover of the list names.

    :return: ``(Plan or None, list of BadRow)``
    """
    found = ((key, directory.handover(key)) for key in wanted.keys)
    key, known = next((one for one in found if one[1]), (wanted.key, {}))
    wrong, lacking = [], {}

    def look_up(row, function, *names):
        try:
            return function(*names)
        except Refused as refused:
            wrong.append(BadRow(row, refused))
            return None

    values = {
        "client_key": key,
        "predecessor_id": look_up(wanted.row, directory.person, wanted.person),
        "kind": "temporary" if wanted.end else "permanent",
    }
    if wanted.reason:
        values["reason_id"] = look_up(wanted.row, directory.reason, wanted.reason)
    times = {"purpose": "purpose", "date_planned": "start", "date_return": "end"}
    for name, source in times.items():
        if value := getattr(wanted, source):
            values[name] = value
    shares, giver = {}, values["predecessor_id"]
    # what was submitted with somebody is not looked at again, whatever became of them
    settled = _is_past_draft(known)
    for part in wanted.parts:
        asked = (directory.person,) if settled else (directory.taker, giver)
        share = Share(part.row, look_up(part.row, *asked, part.to))
        if part.kind:
            share.kind = look_up(part.row, directory.kind, part.kind)
        if share.kind and part.record and settled:
            # once it ran, the record is no more of whoever hands over
            share.record = directory.record_of(known, share.kind, part.record)
            if not share.record:
                lacking[part.row] = f"“{part.record}” is not in it"
                continue
        elif share.kind and part.record and giver:
            asked = share.kind, part.record, giver
            share.record = look_up(part.row, directory.record, *asked)
        if part.kind and not share.kind or part.record and not share.record:
            # it is told what is wrong with it, and says nothing about the others
            continue
        what = share.kind.get("id"), share.record
        first = shares.setdefault(what, share)
        if first.successor != share.successor:
            wrong.append(
                BadRow(part.row, f"this goes to somebody already, by row {first.row}")
            )
    if everything := shares.get((None, 0)):
        values["successor_id"] = everything.successor
    if wrong:
        return None, wrong
    return Plan(wanted, values, [*shares.values()], known, lacking), wrong


def look_ahead(client, plan):
    """Return what would happen, as sentences; nothing is changed."""
    wanted, known = plan.wanted, plan.known
    yield f"{wanted.person}: {_when(wanted)}, {len(wanted.parts)} part(s)"
    if known:
        yield f"  {known['name']} was made of it already: {known['state']}"
    has = client.call(REQUEST, "get_leftovers", user_id=plan.values["predecessor_id"])
    records = ", ".join(f"{model} {n}" for model, n in has["records"].items())
    yield f"  has now: {records or 'no open records'}"
    yield (
        f"  to-dos {has['activities']} on them, {has['activities_elsewhere']}"
        f" elsewhere; meetings {has['meetings']}; handovers {has['handovers']}"
    )
    # of what is settled, they would say nothing
    figures = {} if plan.is_past_draft else _figures(has["records"], plan.shares)
    for part in wanted.parts:
        what = " ".join(filter(None, (part.kind, part.record))) or "the rest"
        figure = figures.get(part.row, "")
        yield f"  {what} → {part.to}{figure}"


def _figures(records, shares):
    """Return how many records each share is about: ``{row: text}``.

    Odoo counts by model: of kinds that share one there is no figure, and so none of
    what they leave.

    :param records: open records of the giver, ``{model: n}``
    """
    kinds = [share for share in shares if share.kind and not share.record]
    single = Counter(share.kind["model"] for share in shares if share.record)
    rest_is_known = all(share.kind["alone"] for share in kinds)
    left = Counter(records)
    for share in kinds:
        left.pop(share.kind["model"], None)
    figures = {}
    for share in shares:
        if share.record:
            continue
        model = share.kind.get("model")
        counts = {model: records.get(model, 0)} if model else left
        if not (share.kind["alone"] if share.kind else rest_is_known):
            continue
        figure = f": {sum(counts.values())} open"
        if elsewhere := sum(single[name] for name in counts):
            figure += f", less {elsewhere} that other rows name"
        figures[share.row] = figure
    return figures


def _when(wanted):
    start = f"from {wanted.start} UTC" if wanted.start else "as soon as approved"
    return f"{start} until {wanted.end} UTC" if wanted.end else f"{start}, for good"


def hand_over(client, plan, submit=True):
    """Make the handover of a plan, fill it, and submit it; go on where it stopped.

    :param submit: ``False`` leaves a draft for somebody to look at
    :return: ``{"name", "state", "findings", "passed_over"}``: texts of what keeps it
        from going on, and ``{row: text}`` of :func:`passed_over`
    :raise Refused: when Odoo refuses a step; the draft stays as it was before the step
    """
    # sent again, it is the same one, or refused for being another
    [id_] = client.call(REQUEST, "create", vals_list=[plan.values])
    findings, missed = [], {}
    # what was past it is somebody's to look at, whoever took it back by now
    if _now(client, id_)["state"] == "draft" and not plan.is_past_draft:
        _fill(client, id_, plan.shares)
        check = _checked(client, id_)
        findings = [
            " ".join(filter(None, (finding["message"], finding["fix"])))
            for finding in check["findings"]
            if finding["severity"] == "blocker"
        ]
        if submit and not findings:
            client.call(REQUEST, "action_submit", ids=[id_])
            _wait(client, id_)
    elif plan.is_past_draft:
        missed = passed_over(client, plan)
    return {**_now(client, id_), "findings": findings, "passed_over": missed}


def passed_over(client, plan):
    """Return what rows say that a handover submitted before has not: ``{row: text}``.

    They came to the list later, or somebody has changed it in Odoo.
    """
    told, known = dict(plan.lacking), plan.known
    for share in plan.shares:
        others = [
            *_its_lines(known["id"], share, plan.shares),
            ["successor_id", "!=", share.successor],
        ]
        kind = share.kind.get("id")
        if kind and not share.record and kind not in known["collected_scope_ids"]:
            told[share.row] = "it was submitted without this kind"
        elif count := client.call(LINE, "search_count", domain=others):
            told[share.row] = f"{count} of its records go to somebody else"
    return told


def _checked(client, id_):
    """Return what the check finds; of very many records once it is through."""
    while True:
        check = client.call(REQUEST, "preflight", ids=[id_])
        if all(finding["code"] != "being_checked" for finding in check["findings"]):
            return check
        _wait(client, id_)


def _wait(client, id_):
    """Wait until what takes its time is done in the background.

    :raise Refused: when it was not done
    """
    while background := client.call(REQUEST, "get_progress", ids=[id_])["background"]:
        if background["problem"]:
            raise Refused(background["problem"])
        time.sleep(INTERVAL)


def _now(client, id_):
    [now] = client.call(REQUEST, "read", ids=[id_], fields=["name", "state"])
    return {"name": now["name"], "state": now["state"]}


def _is_past_draft(known):
    return known.get("state", "draft") != "draft"


def _fill(client, id_, shares):
    """Add the records of all shares, and give each its successor."""
    kinds = [share.kind["id"] for share in shares if share.kind and not share.record]
    if any(not share.kind for share in shares):
        client.call(REQUEST, "action_collect", ids=[id_])
    elif kinds:
        client.call(REQUEST, "action_collect", ids=[id_], scope_ids=kinds)
    _wait(client, id_)
    for share in shares:
        if share.record:
            client.call(
                REQUEST,
                "add_records",
                ids=[id_],
                res_model=share.kind["model"],
                res_ids=[share.record],
                scope_ids=[share.kind["id"]],
            )
    for share in shares:
        _give(client, _its_lines(id_, share, shares), share.successor)


def _its_lines(id_, share, shares):
    """Return the domain of the lines that a share is about, and no other one."""
    domain = [["request_id", "=", id_]]
    if share.kind:
        domain.append(["scope_id", "=", share.kind["id"]])
    if share.record:
        return [*domain, ["res_id", "=", share.record]]
    # by kinds: the ids of another kind's records may be the same
    single = defaultdict(list)
    for other in shares:
        if other.record:
            single[other.kind["id"]].append(other.record)
        elif other.kind and not share.kind:
            domain.append(["scope_id", "!=", other.kind["id"]])
    for kind, ids in single.items():
        domain += ["!", "&", ["scope_id", "=", kind], ["res_id", "in", ids]]
    return domain


def _give(client, domain, successor):
    """Write who takes these lines, where it is somebody else yet."""
    others = [*domain, ["successor_id", "!=", successor]]
    while lines := client.call(LINE, "search", domain=others, limit=AT_ONCE):
        client.call(LINE, "write", ids=lines, vals={"successor_id": successor})
