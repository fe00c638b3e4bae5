"""The way to where packages come from: as this machine is set up for it."""

import os
import re
import subprocess
import sys
from pathlib import Path

# Debian's, and Red Hat's, own bundle: a company's CA that was added to the system is in
SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
)
UNTRUSTED = re.compile(r"certificate|SSL_ERROR|UnknownIssuer|self.signed", re.I)


def certificates(environ):
    """The file of the CAs to trust, or None.

    What a variable names, pip's own configuration, or the system's bundle.
    """
    for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
        if environ.get(name):
            return environ[name]
    if named := _pip_configuration().get("cert"):
        return named
    return next((path for path in SYSTEM if Path(path).is_file()), None)


def environment():
    """The environment for programs that fetch: uv, pip and npm."""
    environ = dict(os.environ)
    if bundle := certificates(environ):
        for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"):
            environ.setdefault(name, bundle)
    index = environ.get("PIP_INDEX_URL") or _pip_configuration().get("index-url")
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


def _pip_configuration():
    """What pip's files set for all of its commands, as {option: value}."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(?:global|install)\.([\w-]+)='(.*)'$", said.stdout, re.M)
    return dict(found)
