"""Two ways to call Odoo. Both have the same `call`; the commands know no difference.

JSON-2 is the way for new scripts. OdooRPC speaks JSON-RPC, which is deprecated since
Odoo 19 as XML-RPC is; README.md says when they go.
"""

from http.client import HTTPException
from urllib.parse import urlsplit

import httpx
import odoorpc

# seconds: a handover is collected and checked within one call
PATIENCE = 120
# what OdooRPC lets through: no connection, no HTTP, no address, no JSON
NO_ANSWER = (OSError, HTTPException, ValueError)


class Refused(Exception):
    """Odoo's reason for not doing it, in the words that it has for people."""


class Unreachable(Exception):
    """Nobody answers there, or does not know who asks."""


class Json2:
    """JSON-2 with an API key, by httpx."""

    def __init__(self, url, database, key, _login=None, context=None):
        self.context = context or {}
        self.url = url
        headers = {"Authorization": f"Bearer {key}", "X-Odoo-Database": database}
        try:
            self.http = httpx.Client(base_url=url, headers=headers, timeout=PATIENCE)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Unreachable(f"{url}: {error}") from error

    def call(self, model, method, ids=None, **arguments):
        """Call a method of a model, or of records where ``ids`` are given.

        :return: what the method answers
        :raise Refused: when Odoo refuses it
        :raise Unreachable: when Odoo does not answer, or not this caller
        """
        if ids is not None:
            arguments["ids"] = ids
        arguments["context"] = {**self.context, **arguments.get("context", {})}
        try:
            answer = self.http.post(f"/json/2/{model}/{method}", json=arguments)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self.url}: {error}") from error
        said = f"{answer.status_code} {answer.reason_phrase}"
        if answer.is_redirect:
            where = answer.headers.get("location", "")
            raise Unreachable(f"{self.url}: {said} {where}")
        try:
            told = answer.json()
        except ValueError as error:
            # a page of something in front of Odoo, or of something else
            raise Unreachable(f"{self.url}: {said}, and it is no JSON") from error
        if not answer.is_error:
            return told
        message = told.get("message", said) if isinstance(told, dict) else said
        if answer.status_code in (401, 502, 503, 504):
            raise Unreachable(f"{self.url}: {message}")
        raise Refused(message)


class OdooRpc:
    """JSON-RPC with login and password or API key, by OdooRPC."""

    def __init__(self, url, database, key, login, context=None):
        self.context = context or {}
        self.url = url
        try:
            where = urlsplit(url)
            secure = where.scheme == "https"
            self.odoo = odoorpc.ODOO(
                where.hostname,
                protocol="jsonrpc+ssl" if secure else "jsonrpc",
                port=where.port or (443 if secure else 80),
                timeout=PATIENCE,
            )
            self.odoo.login(database, login, key)
        except (odoorpc.error.Error, *NO_ANSWER) as error:
            raise Unreachable(f"{url}: {error}") from error

    def call(self, model, method, ids=None, **arguments):
        """As :meth:`Json2.call`."""
        records = [] if ids is None else [ids]
        if method == "create":
            # the one method of which Odoo wants the first argument without its name
            records = [arguments.pop("vals_list")]
        arguments["context"] = {**self.context, **arguments.get("context", {})}
        try:
            return self.odoo.execute_kw(model, method, records, arguments)
        except odoorpc.error.RPCError as error:
            raise Refused(str(error)) from error
        except NO_ANSWER as error:
            raise Unreachable(f"{self.url}: {error}") from error


CLIENTS = {"json2": Json2, "odoorpc": OdooRpc}
