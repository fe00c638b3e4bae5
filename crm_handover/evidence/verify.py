"""Check the evidence of a handover, without Odoo and without a network.

    python verify.py evidence.json [HASH]

HASH is the hash of an event that you noted earlier: it must still be in the history.
The exit code is 0 when everything was checked and is in order, 1 when something is not,
and 3 when what could be checked is in order, and something could not be: it says
what. Python 3.8 or newer.

An export has what its reader may read. Parts of events that are not for them are left
out: that they were there is proved, and what they say is not.

People, companies and kinds of record are proved by their ids. Their names are those of
the day of the export, and nothing proves them.

The canonical form of a value is JSON with sorted keys, without blanks, in UTF-8; what
is empty is ``false``. A digest is the SHA-256 of such values, each followed by a
newline. The add-on computes its digests with this file.
"""

import hashlib
import json
import sys

FORMAT = "crm_handover evidence 2"
# what this script checks as well
FORMATS = (FORMAT, "crm_handover evidence 1")

# what the hash of an event covers
EVENT = (
    "request_ref", "request_name", "company_id", "code", "actor_id", "date",
    "transport", "data", "previous_hash",
)  # fmt: skip
# what it covers of parts that are not for every reader: ``closed`` has for whom each
# is, and its digest; ``salts`` what the digest was made with. Events without have no
# such parts, or are older
SEALED = ("closed", "salts")
# The forms of digests: what each covers of a line or of a confirmation. An event says
# by which form its digests were made; without a word it is the first one. What was made
# by a form is verified by it for ever: so nothing here is changed, and whoever covers
# more adds the next form.
FORMS = {
    1: {
        # what was approved of each line, after one object about the whole
        "digest": (
            "id", "company_id", "scope_id", "res_model", "res_id", "res_name",
            "predecessor_id", "successor_id", "risk", "note",
        ),
        # what became of each line
        "outcome": (
            "id", "decision", "decision_reason", "state", "result_code",
            "result_message", "date_done", "goes_back", "before", "after",
        ),
        # the confirmations
        "signatures": ("id", "user_id", "signed_by_id", "role", "date", "comment"),
    },
}  # fmt: skip
# that a record is to go although it is closed; that and when it went back
FORMS[2] = {
    **FORMS[1],
    "digest": (*FORMS[1]["digest"], "although_closed"),
    "outcome": (*FORMS[1]["outcome"], "date_returned", "taken_back"),
}
# the pool of a team that a record goes to, and when somebody took it from there
FORMS[3] = {
    **FORMS[2],
    "digest": (*FORMS[2]["digest"], "pool_team_id"),
    "outcome": (*FORMS[2]["outcome"], "date_claimed"),
}
FORM = max(FORMS)

# the state that an event leaves the handover in; other events leave it as it is
STATES = {
    "submitted": "submitted", "approved": "approved", "refused": "refused",
    "draft": "draft", "running": "running", "retried": "running",
    "returning": "running", "transferred": "transferred", "done": "done",
    "returned": "returned", "needs_review": "needs_review", "cancelled": "cancelled",
    "undone": "submitted",
}  # fmt: skip
# the digests that an event may carry; the last one of each is about the present …
DIGESTS = ("digest", "outcome", "signatures")
# … unless one of these came after it
ENDINGS = {
    "digest": ("draft", "undone"),
    "outcome": ("draft", "running", "retried", "returning"),
    "signatures": (),
}

# … before anything is handed over
BEFORE = ("draft", "submitted", "refused", "approved", "needs_review")
MARKS = {True: "  ok", False: "FAIL", None: " not"}

_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
)


# ----------------------------------------------------------------------
# DIGESTS
# ----------------------------------------------------------------------


def without_none(value):
    """Return ``value`` with ``False`` wherever it has ``None``."""
    if value is None:
        return False
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_none(item) for item in value]
    return value


def canonical(value):
    """Return the one text that stands for ``value``."""
    text = _ENCODER.encode(value)
    # hardly ever, so the common case does not pay for it
    if "null" in text:
        text = _ENCODER.encode(without_none(value))
    return text


def digest(values):
    """Return the SHA-256 of values, one after the other."""
    sha = hashlib.sha256()
    for value in values:
        sha.update(canonical(value).encode() + b"\n")
    return sha.hexdigest()


def columns(rows, names):
    """Yield of each row, a dictionary, the values of these names."""
    for row in rows:
        yield [row[name] for name in names]


def part_digest(salt, key, value):
    """Return what stands for a part of an event, for whoever does not read it."""
    return digest([[salt, key, value]])


def event_hash(event):
    """Return the hash that an event must have: of its content and its predecessor.

    Of parts that are not for every reader, it covers the digests.
    """
    content = {name: event[name] for name in EVENT}
    if closed := event.get("closed"):
        data = event["data"] or {}
        data = {key: value for key, value in data.items() if key not in closed}
        content.update(data=data or False, closed=closed)
    return digest([content])


def left_out(row):
    """Return the names of what is not in an event or a record of an export."""
    return set(row.get("left_out") or ())


def without(event, names):
    """Return an event without these parts of its data."""
    told = dict(event, left_out=sorted(names))
    for place in ("data", "salts"):
        kept = {key: v for key, v in (event[place] or {}).items() if key not in names}
        told[place] = kept or False
    return told


def is_checkable(event):
    """Tell whether the hash of an event can be computed from what is there of it."""
    return left_out(event) <= set(event.get("closed") or ())


def _has_other_parts(event):
    """Tell whether a part of an event is not the one that its digest was made of."""
    closed, salts = event.get("closed") or {}, event.get("salts") or {}
    data, gone = event["data"] or {}, left_out(event)
    if set(salts) != set(closed) - gone or gone & set(data):
        return True
    return any(
        key not in data
        or list(closed[key])[1:] != [part_digest(salts[key], key, data[key])]
        for key in salts
    )


# ----------------------------------------------------------------------
# HISTORY
# ----------------------------------------------------------------------


def broken(events, head):
    """Yield what is wrong with a chain: ``("event_changed" | "event_missing", event)``.

    :param events: dictionaries with the names of ``EVENT`` and ``hash``, oldest first
    :param head: the hash that the last event must have
    """
    last = ""
    for event in events:
        if event["previous_hash"] != last:
            yield "event_missing", event
        if _has_other_parts(event) or (
            is_checkable(event) and event["hash"] != event_hash(event)
        ):
            yield "event_changed", event
        last = event["hash"]
    if last != head:
        yield "event_missing", None


def told(events):
    """Return what the events say about the present: the state and the digests.

    ``forms`` has the number of the form of each digest.
    """
    present = {"state": "draft", "digest": "", "outcome": "", "signatures": digest([])}
    forms = present["forms"] = dict.fromkeys(DIGESTS, 1)
    for event in events:
        present["state"] = STATES.get(event["code"], present["state"])
        data = event["data"] or {}
        for name in DIGESTS:
            if event["code"] in ENDINGS[name]:
                present[name] = ""
            if name in data:
                present[name], forms[name] = data[name], data.get("form", 1)
    return present


def covered(name):
    """Return all columns that digests of this name cover, in whatever form."""
    return tuple(dict.fromkeys(c for form in FORMS.values() for c in form[name]))


# ----------------------------------------------------------------------
# AN EXPORT
# ----------------------------------------------------------------------


def check(evidence, known=""):
    """Yield ``(whether it is in order, sentence)`` for everything there is to check.

    It is ``None`` for what cannot be checked.

    :param evidence: what ``export_evidence`` answered
    :param known: the hash of an event that must be among the events
    """
    request, events = evidence["request"], evidence["events"]
    problems = list(broken(events, request["event_head"]))
    changed = [event for code, event in problems if code == "event_changed"]
    gaps = [event for code, event in problems if code == "event_missing"]
    for event in changed:
        yield False, f"event {event['id']}, “{event['code']}”, was changed"
    unknown = [event for event in events if not is_checkable(event)]
    if not changed:
        yield True, f"{len(events) - len(unknown)} events, none was changed"
    for event in unknown:
        yield None, f"event {event['id']}, “{event['code']}”: a part is not in here"
    if parts := sum(len(left_out(event)) for event in events if is_checkable(event)):
        yield (
            None,
            f"{parts} parts of events are there, but what they say is not in here",
        )
    for event in gaps:
        place = f"before event {event['id']}" if event else "at the end"
        yield False, f"an event is missing {place}"
    if not gaps:
        yield True, "no event is missing or out of order"
    if len(events) != request["event_count"]:
        yield False, f"there were {request['event_count']} events"
    if not all(_is_about(event, request) for event in events):
        yield False, "an event is about another handover"
    if known:
        hashes = [event["hash"] for event in events]
        yield known in hashes, f"the event that you know is there: {known}"
    yield from _check_present(evidence, told(events))


def _is_about(event, request):
    """Tell whether an event names this handover, by its id and its number."""
    return (
        event["request_ref"] == request["id"]
        and event["request_name"] == request["name"]
        # the link of a draft that was deleted is empty
        and event.get("request_id") in (request["id"], False, None)
    )


def _check_present(evidence, present):
    """Yield the same for what the events say about the rest of the export."""
    request, lines = evidence["request"], evidence["lines"]
    signoffs = evidence["signoffs"]
    form = {name: FORMS[present["forms"][name]][name] for name in DIGESTS}
    state = request["state"]
    yield state == present["state"], f"its state is “{state}”, as the events say"
    yield (
        digest(columns(signoffs, form["signatures"])) == present["signatures"],
        f"{len(signoffs)} confirmations, as the events say",
    )
    if evidence["partial"]:
        yield from _check_part(evidence)
        return
    count = request["line_count"]
    yield len(lines) == count, f"{len(lines)} records of {count}"
    hidden = {name for line in lines for name in left_out(line)}
    for name in sorted(hidden):
        empty = not any(line[name] for line in lines if name in left_out(line))
        yield None if empty else False, f"“{name}” of some records is not in here"
    for name in _beyond(lines, form):
        yield None, f"“{name}” of records: the digests are older than it"
    if present["digest"] and hidden & set(form["digest"]):
        yield None, "people, dates, records: not all of it is in here"
    elif present["digest"]:
        content = [evidence["approved"], *columns(lines, form["digest"])]
        yield digest(content) == present["digest"], "people, dates, records as approved"
    else:
        yield None, "people, dates, records: nothing is approved now"
    if present["outcome"] and hidden & set(form["outcome"]):
        yield None, "the outcome of each record: not all of it is in here"
    elif present["outcome"]:
        outcome = digest(columns(lines, form["outcome"]))
        yield outcome == present["outcome"], "the outcome of each record as it was"
    elif present["state"] in BEFORE and not hidden and _is_untouched(lines):
        yield True, "no record has an outcome yet"
    else:
        yield None, "the outcome of each record: it is not over yet"


def _check_part(evidence):
    """Yield the same for an export of a part: its records prove nothing.

    One of several givers may have them all, and not what was approved with them.
    """
    lines, count = evidence["lines"], evidence["request"]["line_count"]
    ids = [line["id"] for line in lines]
    for line in lines:
        # as whole as in any other export
        list(columns([line], covered("digest") + covered("outcome")))
    yield (
        len(lines) <= count
        and all(isinstance(id_, int) for id_ in ids)
        and ids == sorted(set(ids)),
        f"{len(lines)} records of {count}, each once, as the export says",
    )
    yield not evidence["approved"], "nothing that was approved as a whole is in it"
    yield None, "the records: only an export with all of them proves what they say"


def _is_untouched(lines):
    """Tell whether nothing was decided on, or tried with, any of the lines."""
    empty = set(covered("outcome")) - {"id", "decision", "state"}
    return all(
        line["decision"] in ("pending", False)
        and line["state"] == "todo"
        and not any(line[name] for name in empty)
        for line in lines
    )


def _beyond(lines, form):
    """Return the names of what lines have, and no digest of this form covers."""
    names = {name for kind in ("digest", "outcome") for name in covered(kind)}
    names -= {name for kind in form for name in form[kind]}
    return sorted(name for name in names if any(line[name] for line in lines))


def main(arguments):
    """Check the file named on the command line; return the exit code."""
    if not 1 <= len(arguments) <= 2:
        sys.stderr.write(__doc__)
        return 2

    def write(text):
        # what people wrote does not steer the terminal
        shown = (c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
        sys.stdout.write("".join(shown))

    try:
        with open(arguments[0], encoding="utf-8") as file:
            evidence = json.load(file)
        if evidence["format"] not in FORMATS:
            raise ValueError("this script is for another version of the export")
        findings = list(check(evidence, *arguments[1:]))
        name, author = evidence["request"]["name"], evidence["exported_by"]
        write(f"{name}, exported on {evidence['exported_at']} UTC by {author}\n")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        write(f"FAIL  {arguments[0]} cannot be checked: {error!r}\n")
        return 1
    for good, text in findings:
        write(f"{MARKS[good]}  {text}\n")
    verdicts = {good for good, _text in findings}
    if False in verdicts:
        write("The evidence is NOT in order.\n")
        return 1
    if None in verdicts:
        write("What was checked is in order. What is marked “not” was NOT checked.\n")
        return 3
    write("The evidence is in order.\n")
    return 0


if __name__ == "__main__":
    # names in any language, whatever the terminal is set to
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
