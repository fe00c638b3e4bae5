"""The way to where packages come from: as this machine is set up for it."""

import configparser
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

# Debian's, and Red Hat's, own bundle: a company's CA that was added to the system is in
SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
)
UNTRUSTED = re.compile(r"certificate|SSL_ERROR|UnknownIssuer|self.signed", re.I)


def certificates(environ):
    """The file of the CAs to trust, or None.

    What a variable names, pip's own configuration, or the system's bundle: of the
    first that says something.
    """
    for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
        if environ.get(name):
            return environ[name]
    if named := _pip_configuration(environ).get("cert"):
        return str(Path(named).expanduser())
    return next((path for path in SYSTEM if Path(path).is_file()), None)


def environment():
    """The environment for programs that fetch: uv, pip and npm."""
    environ = dict(os.environ)
    if bundle := certificates(environ):
        for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"):
            environ.setdefault(name, bundle)
    index = environ.get("PIP_INDEX_URL") or _pip_configuration(environ).get("index-url")
    if index:
        environ.setdefault("UV_INDEX_URL", index)
    return environ


def cure(output):
    """What to do about a failed fetch, by what its program said."""
    if UNTRUSTED.search(output):
        return (
            "the server's certificate is not trusted: name the file of your company's "
            "CA with SSL_CERT_FILE=/path/ca.pem"
        )
    return "check the network"


def _pip_configuration(environ):
    """What pip's files set for all of its commands, as {option: value}.

    Read as pip reads them, later ones over earlier ones: it may not be there itself.
    """
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return {}
    home = Path(environ.get("HOME") or "~").expanduser()
    shared = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    files = [
        *(Path(folder) / "pip/pip.conf" for folder in shared.split(os.pathsep)),
        Path("/etc/pip.conf"),
        home / ".pip/pip.conf",
        Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf",
        Path(sys.prefix) / "pip.conf",
        *([Path(named).expanduser()] if named else []),
    ]
    found = {}
    for file in files:
        parser = configparser.RawConfigParser()
        # what pip cannot read it says itself
        with suppress(configparser.Error, UnicodeError, OSError):
            parser.read(file)
            for section in ("global", "install"):
                if parser.has_section(section):
                    found |= parser.items(section)
    return found
