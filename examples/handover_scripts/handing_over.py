"""From a list to handovers: what would happen, and doing it.

Each step asks Odoo what is there already. A run that was cut off is run again and goes
on: Odoo answers the same handover to the same key.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field

from .clients import Refused
from .people_file import BadRow

REQUEST, LINE = "handover.request", "handover.request.line"
# lines that are written in one call
AT_ONCE = 500
# what goes into a handover as the list has it: field, column
PLAIN = {
    "purpose": "purpose",
    "date_planned": "start",
    "date_return": "end",
    "cover": "cover",
}
# seconds between two looks at what goes on in the background
INTERVAL = 2


@dataclass
class Share:
    """Who takes a kind of record, or one record; ``kind`` empty: what is left."""

    row: int
    successor: int
    kind: dict = field(default_factory=dict)
    record: int = 0

    @property
    def asked(self):
        """As Odoo's ``preview_draft`` takes it."""
        ids = {"scope_id": self.kind.get("id"), "res_id": self.record}
        return {"successor_id": self.successor} | {k: v for k, v in ids.items() if v}


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
            what = person, one.start, one.end, one.given_key, one.company.lower()
            if first := groups.get(what):
                # whatever is wrong with the row, it may be known by this name
                first.other_keys.append(one.key)
                first.take_up(one.row, one.said, one.parts)
            elif other := keys.get(one.given_key):
                reason = f"row {other.row} has this key, of others, times or places"
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
    named = {"reason": directory.reason, "company": directory.company}
    for name, function in named.items():
        if text := getattr(wanted, name):
            values[f"{name}_id"] = look_up(wanted.row, function, text)
    values |= {
        name: value
        for name, column in PLAIN.items()
        if (value := getattr(wanted, column))
    }
    shares, giver = {}, values["predecessor_id"]
    # what was submitted with somebody is not looked at again, whatever became of them
    settled = _is_past_draft(known)
    for part in wanted.parts:
        asked = (directory.person,) if settled else (directory.taker, giver)
        share = Share(part.row, look_up(part.row, *asked, part.to))
        if part.kind:
            share.kind = look_up(part.row, directory.kind, part.kind, settled)
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
    if not (wrong or wanted.company or known):
        wrong += _several_companies(wanted, directory)
    if wrong:
        return None, wrong
    return Plan(wanted, values, [*shares.values()], known, lacking), wrong


def _several_companies(wanted, directory):
    """Return what is wrong where nobody knows in which company they hand over."""
    people = (wanted.person, *(part.to for part in wanted.parts))
    meet = set.intersection(*map(directory.companies, people))
    if len(meet) < 2:
        return []
    names = ", ".join(sorted(map(directory.company_name, meet)))
    reason = f"they work in several companies: say in “company” which, {names}"
    return [BadRow(wanted.row, reason)]


def look_ahead(client, plan, directory):
    """Tell what would happen; nothing is changed.

    :return: ``(sentences, texts of what keeps it from being submitted)``
    :raise Refused: when Odoo would not make it
    """
    wanted, known = plan.wanted, plan.known
    told, blockers = [f"{wanted.person}: {_when(wanted)}"], []
    counts, context = {}, {}
    if plan.is_past_draft:
        found = {"findings": [], "checked": True}
    else:
        shares = [share.asked for share in plan.shares]
        draft = plan.values
        found = client.call(REQUEST, "preview_draft", draft=draft, shares=shares)
        rows = [share.row for share in plan.shares]
        counts = dict(zip(rows, found["shares"], strict=False))
        context = {"allowed_company_ids": [found["company_id"]]}
        if company := directory.company_name(found["company_id"]):
            told[0] += f", in {company}"
    if known:
        told.append(f"  {known['name']} was made of it already: {known['state']}")
        if not plan.is_past_draft:
            blockers += _unnamed(client, known["id"], plan.shares)
    has = client.call(
        REQUEST,
        "get_leftovers",
        user_id=plan.values["predecessor_id"],
        context=context,
    )
    records = ", ".join(f"{model} {n}" for model, n in has["records"].items())
    told.append(f"  has now: {records or 'no open records'}")
    told.append(
        f"  to-dos {has['activities']} on them, {has['activities_elsewhere']}"
        f" elsewhere; meetings {has['meetings']}; handovers {has['handovers']}"
    )
    for part in wanted.parts:
        what = " ".join(filter(None, (part.kind, part.record))) or "the rest"
        figure = f": {counts[part.row]} record(s)" if part.row in counts else ""
        told.append(f"  {what} → {part.to}{figure}")
    if not found["checked"]:
        told.append(
            f"  {found['counts']['records']} records are too many for a dry run: apply"
            " --draft has them checked"
        )
    for finding in found["findings"]:
        if finding["severity"] == "blocker":
            blockers.append(_sentence(finding))
        else:
            told.append(f"  {finding['severity']}: {_sentence(finding)}")
    return told, blockers


def _sentence(finding):
    return " ".join(filter(None, (finding["message"], finding["fix"])))


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
            _sentence(finding)
            for finding in check["findings"]
            if finding["severity"] == "blocker"
        ]
        findings += _unnamed(client, id_, plan.shares)
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
    single = defaultdict(list)
    for other in shares:
        if other.record:
            single[other.kind["id"]].append(other.record)
        elif other.kind and not share.kind:
            domain.append(["scope_id", "!=", other.kind["id"]])
    return domain + _but(single)


def _unnamed(client, id_, shares):
    """Return the text that says that no row names some of a draft's records, if so.

    A row was taken off the list, or somebody wishes it so in Odoo.
    """
    if any(not share.kind for share in shares):
        return []
    domain, single = [["request_id", "=", id_]], defaultdict(list)
    for share in shares:
        if share.record:
            single[share.kind["id"]].append(share.record)
        else:
            domain.append(["scope_id", "!=", share.kind["id"]])
    count = client.call(LINE, "search_count", domain=domain + _but(single))
    if not count:
        return []
    return [
        f"{count} record(s) are on the draft that no row names: remove them there, or"
        " name them here"
    ]


def _but(single):
    """Return the part of a domain that leaves out records: ``{kind: ids}``.

    By kinds: the ids of another kind's records may be the same.
    """
    found = []
    for kind, ids in single.items():
        found += ["!", "&", ["scope_id", "=", kind], ["res_id", "in", ids]]
    return found


def _give(client, domain, successor):
    """Write who takes these lines, where it is somebody else yet."""
    others = [*domain, ["successor_id", "!=", successor]]
    while lines := client.call(LINE, "search", domain=others, limit=AT_ONCE):
        client.call(LINE, "write", ids=lines, vals={"successor_id": successor})
