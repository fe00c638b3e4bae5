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
    """What pip's files set for `pip install`, as {option: value}.

    Read as pip reads them, as it may not be there itself: later ones over earlier ones,
    what is for `install` over what is for all commands, and a file that is named in the
    place of the user's own.
    """
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return {}
    home = Path(environ.get("HOME") or "~").expanduser()
    shared = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    files = [
        *(Path(folder) / "pip/pip.conf" for folder in shared.split(os.pathsep)),
        Path("/etc/pip.conf"),
    ]
    if not (named and Path(named).exists()):
        own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        files += [home / ".pip/pip.conf", own / "pip/pip.conf"]
    files += [Path(sys.prefix) / "pip.conf", *([Path(named)] if named else [])]
    found = {"global": {}, "install": {}}
    for file in files:
        parser = configparser.RawConfigParser()
        parser.optionxform = _option
        # what pip cannot read it says itself
        with suppress(configparser.Error, UnicodeError, OSError):
            parser.read(file)
            for section, options in found.items():
                if parser.has_section(section):
                    options.update(parser.items(section))
    return found["global"] | found["install"]


def _option(name):
    """The name of an option, however it is written in a file of pip's."""
    return name.lower().replace("_", "-").removeprefix("--")
