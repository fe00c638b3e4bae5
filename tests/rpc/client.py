"""How an outside script talks to Odoo: the standard library and nothing of Odoo's."""

import http.client
import json
import urllib.error
import urllib.request
import xmlrpc.client


class Refused(Exception):
    """What the server answered instead of a value."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class _WithHeaders(xmlrpc.client.Transport):
    def __init__(self, headers):
        super().__init__(headers=list(headers.items()))


class XmlRpcClient:
    """XML-RPC: login and password or API key; faults 2 and 4 are refusals."""

    def __init__(self, url, database, login, key, headers=None):
        headers = headers or {}
        self.access = database, None, key
        common = xmlrpc.client.ServerProxy(
            f"{url}/xmlrpc/2/common", transport=_WithHeaders(headers)
        )
        uid = common.authenticate(database, login, key, {})
        self.access = database, uid, key
        self.object = xmlrpc.client.ServerProxy(
            f"{url}/xmlrpc/2/object", transport=_WithHeaders(headers), allow_none=True
        )

    def call(self, model, method, ids=None, **arguments):
        """Call a method of records, or with ``ids=None`` of the model."""
        positional = [] if ids is None else [ids]
        try:
            return self.object.execute_kw(
                *self.access, model, method, positional, arguments
            )
        except xmlrpc.client.Fault as fault:
            raise Refused(fault.faultCode, fault.faultString) from None

    def create(self, model, values):
        """Create one record; answer its id."""
        try:
            return self.object.execute_kw(*self.access, model, "create", [values])
        except xmlrpc.client.Fault as fault:
            raise Refused(fault.faultCode, fault.faultString) from None


class Json2Client:
    """JSON-2: a bearer key and named arguments; 4xx are refusals."""

    def __init__(self, url, database, key, headers=None):
        self.url = url
        self.headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json; charset=utf-8",
            "X-Odoo-Database": database,
            **(headers or {}),
        }

    def call(self, model, method, ids=None, **arguments):
        """Call a method of records, or with ``ids=None`` of the model."""
        if ids is not None:
            arguments["ids"] = ids
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            json.dumps(arguments).encode(),
            self.headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            body = error.read()
            try:
                text = json.loads(body).get("message", "")
            except (ValueError, http.client.HTTPException):
                text = body.decode(errors="replace")
            raise Refused(error.code, text) from None

    def create(self, model, values):
        """Create one record; answer its id."""
        [id_] = self.call(model, "create", vals_list=[values])
        return id_
