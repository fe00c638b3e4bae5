"""What becomes of handovers, and their papers."""

import base64
import json
import time

from .clients import Refused
from .handing_over import REQUEST

GOOD = ("transferred", "done", "returned")
BAD = ("refused", "cancelled", "needs_review")
# seconds between two looks
INTERVAL = 15


def find(client, names):
    """Return the ids of handovers: ``{name: id}``.

    :param names: their numbers, or the callers' own keys
    :raise Refused: when one is not there, or not for the caller to see
    """
    found, me = {}, client.call("res.users", "context_get")["uid"]
    for name in names:
        domain = ["|", ["name", "=", name], ["client_key", "=", name]]
        # others may have made some with the same key
        for whose in ([["requester_id", "=", me]], []):
            ids = client.call(REQUEST, "search", domain=[*whose, *domain], limit=2)
            if ids:
                break
        if len(ids) != 1:
            raise Refused(f"{name}: there is no such handover that you may see")
        found[name] = ids[0]
    return found


def watch(client, names, seconds, tell):
    """Look at handovers until each is over, or the time is.

    :param seconds: how long at most; 0: look once
    :param tell: called with each change, as a sentence
    :return: ``(finished, troubled, waiting)``: names
    """
    handovers = find(client, names)
    end = time.monotonic() + seconds
    told = {}
    while True:
        finished, troubled, waiting = [], [], []
        for name, id_ in handovers.items():
            now = client.call(REQUEST, "get_progress", ids=[id_])
            said = f"{now['state']}, {now['done']} of {now['total']} handed over"
            if now["failed"]:
                said += f", {now['failed']} failed"
            if told.get(name) != said:
                told[name] = said
                tell(f"{name}: {said}")
            failed = now["state"] in GOOD and now["failed"]
            if now["state"] in BAD or failed:
                troubled.append(name)
            elif now["state"] in GOOD:
                finished.append(name)
            else:
                waiting.append(name)
        left = end - time.monotonic()
        if not waiting or left <= 0:
            return finished, troubled, waiting
        time.sleep(min(INTERVAL, left))


def fetch_evidence(client, name, folder):
    """Write the evidence of a handover, as ``verify.py`` checks it; return its path."""
    [id_] = find(client, [name]).values()
    evidence = client.call(REQUEST, "export_evidence", ids=[id_])
    path = folder / f"{_file_name(name)}.json"
    path.write_text(json.dumps(evidence, ensure_ascii=False, indent=1), "utf-8")
    return path


def fetch_documents(client, name, folder):
    """Write the documents of a handover and their annexes; return their paths.

    :raise Refused: when there is none that the caller may read
    """
    [id_] = find(client, [name]).values()
    rows = client.call(
        "handover.document",
        "search_read",
        domain=[["request_id", "=", id_]],
        fields=["attachment_id", "annex_id"],
    )
    ids = [row[part][0] for row in rows for part in ("attachment_id", "annex_id")]
    if not ids:
        raise Refused(f"{name}: there is no document yet that you may read")
    files = client.call("ir.attachment", "read", ids=ids, fields=["name", "datas"])
    paths = []
    for file in files:
        path = folder / _file_name(file["name"])
        path.write_bytes(base64.b64decode(file["datas"]))
        paths.append(path)
    return paths


def _file_name(name):
    return "".join(c if c.isalnum() or c in " .,_-" else "-" for c in name)
