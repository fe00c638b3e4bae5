"""Names of a list, looked up in Odoo: one match or a reason, never a guess."""

from functools import cached_property

from .clients import Refused

ARCHIVED_TOO = {"active_test": False}


class Directory:
    """Who and what a list means."""

    def __init__(self, client):
        self.client = client
        self.found = {}
        self._names_of_companies = None
        self.kinds = client.call(
            "handover.scope",
            "search_read",
            domain=[],
            fields=["name", "model", "owner_field_name", "active"],
            context=ARCHIVED_TOO,
        )

    @cached_property
    def me(self):
        """The id of the user whose key it is."""
        return self.client.call("res.users", "context_get")["uid"]

    def handover(self, key):
        """Return the caller's handover with this key, an empty one where there is none.

        Others may have the same key.

        :return: ``{"id", "name", "state", "collected_scope_ids"}``
        """
        ids = self.client.call(
            "handover.request",
            "search",
            domain=[["client_key", "=", key], ["requester_id", "=", self.me]],
            limit=1,
        )
        rows = ids and self.client.call(
            "handover.request",
            "read",
            ids=ids,
            fields=["name", "state", "collected_scope_ids"],
            # kinds that were archived since are among them
            context=ARCHIVED_TOO,
        )
        return rows[0] if rows else {}

    def record_of(self, handover, kind, name):
        """Return the id of a record that is on a handover, as :meth:`record` names it.

        ``0`` where it is not. Who has the record by now is of no account.
        """
        named = ["res_name", "=", name]
        if name.isdecimal():
            named = ["res_id", "=", int(name)]
        rows = self.client.call(
            "handover.request.line",
            "search_read",
            domain=[
                ["request_id", "=", handover["id"]],
                ["scope_id", "=", kind["id"]],
                named,
            ],
            fields=["res_id"],
            limit=1,
        )
        return rows[0]["res_id"] if rows else 0

    def person(self, name):
        """Return the id of the one user who is called so.

        :param name: login, e-mail or full name; the first of them that anybody has
        :raise Refused: when there is none, or more than one
        """
        return self._person(name)["id"]

    def taker(self, giver, name):
        """Return the id of who takes over, as :meth:`person`.

        :param giver: the id of who hands over, where it is known
        :raise Refused: when it is nobody who can
        """
        person = self._person(name)
        if person["share"] or not person["active"]:
            raise Refused(
                f"“{name}” is archived, or no employee's user: choose another"
            )
        if person["id"] == giver:
            raise Refused(f"“{name}” hands over: nobody takes over from themselves")
        return person["id"]

    def _person(self, name):
        for by in ("login", "email", "name"):
            fields = ["login", "active", "share", "company_ids"]
            people = self._look_up("res.users", by, name, fields)
            if len(people) == 1:
                return people[0]
            if people:
                raise Refused(_ambiguous(name, [one["login"] for one in people]))
        raise Refused(f"nobody has the login, e-mail or name “{name}”")

    def companies(self, name):
        """Return the ids of the companies of a person that the caller sees as well."""
        return set(self._person(name)["company_ids"])

    def company(self, name):
        """Return the id of a company, by its whole name."""
        return self._one("res.company", "name", name)

    def company_name(self, id_):
        """Return how a company is called, where the caller has several; else nothing.

        :param id_: its id
        """
        if self._names_of_companies is None:
            rows = self.client.call(
                "res.company", "search_read", domain=[], fields=["name"]
            )
            self._names_of_companies = {row["id"]: row["name"] for row in rows}
        names = self._names_of_companies
        return names.get(id_, "") if len(names) > 1 else ""

    def reason(self, name):
        """Return the id of a handover reason."""
        return self._one("handover.reason", "name", name)

    def kind(self, name, archived=False):
        """Return a kind of record: ``{"id", "name", "model", "owner_field_name"}``.

        :param archived: those as well that are collected no more, where no other one
            is called so
        """
        in_use = [kind for kind in self.kinds if kind["active"]]
        for known in (in_use, self.kinds) if archived else (in_use,):
            by_model = [kind for kind in known if kind["model"] == name]
            if kinds := by_model or [kind for kind in known if kind["name"] == name]:
                break
        if len(kinds) == 1:
            return kinds[0]
        names = [f"{kind['name']} ({kind['model']})" for kind in in_use]
        if kinds:
            raise Refused(_ambiguous(name, [kind["name"] for kind in kinds]))
        raise Refused(f"“{name}” is no kind of record: {', '.join(names)}")

    def record(self, kind, name, owner):
        """Return the id of a record of this kind, by its id or its whole name.

        :param owner: the id of the user who has to have it
        """
        theirs = kind["owner_field_name"], "in", (owner,)
        if name.isdecimal():
            return self._one(kind["model"], "id", int(name), theirs)
        # Odoo finds by other words as well, and whatever has no name by any
        rows = self.client.call(
            kind["model"],
            "search_read",
            domain=[["display_name", "=", name], list(theirs)],
            fields=["display_name"],
            context=ARCHIVED_TOO,
        )
        called = [row["id"] for row in rows if row["display_name"] == name]
        return _only(called, name, theirs)

    def _one(self, model, by, value, *besides):
        rows = self._look_up(model, by, value, [], *besides)
        return _only([row["id"] for row in rows], value, besides)

    def _look_up(self, model, by, value, fields, *besides):
        asked = (model, by, value, *besides)
        if asked not in self.found:
            self.found[asked] = self.client.call(
                model,
                "search_read",
                domain=[[by, "=", value], *map(list, besides)],
                fields=["id", *fields],
                limit=6,
                context=ARCHIVED_TOO,
            )
        return self.found[asked]


def _only(ids, value, owned):
    """Return the one id; raise where there are several, or none.

    :param owned: whether only records of whoever hands over were looked at
    """
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise Refused(_ambiguous(value, ids[:6]))
    if owned:
        raise Refused(f"whoever hands over has no “{value}” of this kind")
    raise Refused(f"nothing is called “{value}” there")


def _ambiguous(name, several):
    return f"“{name}” is more than one: {', '.join(map(str, several))}. Say which"
