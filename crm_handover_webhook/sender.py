"""Sends one event to an address of somebody else's, in plain Python.

The name is looked up once, and the connection goes to the very address that was looked
at: a name that means another one a moment later leads nowhere else. No redirect is
followed, and nothing of the answer but its status is read.
"""

import hashlib
import hmac
import http.client
import ipaddress
import os
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

# a setting of the server, which no administrator of a database has
PRIVATE = "HANDOVER_WEBHOOK_PRIVATE"
CONNECT_SECONDS = 5
# addresses of one name
TRIED = 3
# for all of it, however slowly somebody answers
SECONDS = 10
LONGEST = 2_000
# what belongs to somebody on the Internet, in IPv6; of these, Teredo and 6to4 lead to
# addresses of IPv4 that nobody has looked at, as all the rest does
PUBLIC = ipaddress.ip_network("2000::/3")
CARRIERS = (ipaddress.ip_network("2001::/23"), ipaddress.ip_network("2002::/16"))


class Unsent(Exception):
    """An event that did not arrive: a word, see ``handover.webhook.event.problem``."""


def private_allowed():
    """Tell whether events may go to private addresses, and without encryption."""
    return os.environ.get(PRIVATE) == "1"


def problem(url):
    """Return what is wrong with an address, as a word, or an empty text.

    >>> problem("https://hooks.example.com/a?b=1"), problem("https://x:y@example.com")
    ('', 'address')
    >>> problem("http://example.com"), problem("https://127.0.0.1/"), problem("ftp://a")
    ('scheme', 'private', 'scheme')
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "address"
    if parts.scheme != "https" and not (parts.scheme == "http" and private_allowed()):
        return "scheme"
    plain = url.isascii() and url.isprintable() and " " not in url
    if not host or not plain or "@" in parts.netloc or len(url) > LONGEST:
        return "address"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    return "" if _allowed(address) else "private"


def signature(secret, moment, body):
    """Return the signature of a body that is sent at ``moment``, in seconds.

    >>> signature("s", 1, b"{}")[:12]
    't=1,v1=b2536'
    """
    signed = f"{moment}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def send(url, body, headers):
    """Send ``body`` and return when the other side has taken it.

    :raise Unsent: when it has not, or nobody can tell
    """
    if word := problem(url):
        raise Unsent(word)
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname, port)
    # the usual port is not named in the header Host
    connection.default_port = 443 if secure else 80
    timer, end = None, float("inf")
    try:
        connection.sock = connected = _connected(parts.hostname, port)
        if secure:
            # this takes the socket over: what is closed later is the new one
            connection.sock = connected = ssl.create_default_context().wrap_socket(
                connected,
                server_hostname=parts.hostname,
                do_handshake_on_connect=False,
            )
        # it is closed from here: whoever sends a byte now and then gets no longer
        end = time.monotonic() + SECONDS
        timer = threading.Timer(SECONDS, _close, [connected])
        timer.daemon = True
        timer.start()
        if secure:
            connected.do_handshake()
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= end:
            word = "timeout"
        else:
            word = "tls" if isinstance(error, ssl.SSLError) else "connection"
        raise Unsent(word) from None
    finally:
        if timer:
            timer.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise Unsent(f"status {status}")


def _connected(host, port):
    """Return a socket that is connected to an address of ``host`` that is allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unsent("name") from None
    addresses = [place[4][0] for place in found]
    # one that is private is reason enough to distrust the name
    if not all(_allowed(ipaddress.ip_address(one)) for one in addresses):
        raise Unsent("private")
    # a server may be there by one of them alone, as where a network has no IPv6
    tried = [*dict.fromkeys(addresses)][:TRIED]
    for address in tried:
        try:
            connected = socket.create_connection(
                (address, port), CONNECT_SECONDS / len(tried)
            )
        except OSError as error:
            refused = error
        else:
            connected.settimeout(SECONDS)
            return connected
    raise refused


def _allowed(address):
    if private_allowed():
        return True
    if address.version == 6 and (
        address not in PUBLIC or any(address in carrier for carrier in CARRIERS)
    ):
        return False
    return address.is_global and not address.is_multicast


def _close(connected):
    try:
        # beneath the encryption, which another thread is busy with
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        connected.close()
