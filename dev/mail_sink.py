"""A mail server that keeps every mail as a file: `python -m dev.mail_sink PORT FOLDER`.

Nothing that is tried out reaches a real mailbox. Runs in the virtual environment.
"""

import asyncio
import sys
import time
from pathlib import Path

from aiosmtpd.controller import UnthreadedController


class Keeper:
    """Writes each mail into a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, _server, _session, envelope):
        self.count += 1
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{self.count:04}.eml"
        (self.folder / name).write_bytes(envelope.original_content)
        return "250 kept"


def main(port, folder):
    """Serve until the process is ended."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(
        Keeper(folder), hostname="127.0.0.1", port=port, loop=loop
    )
    controller.begin()
    loop.run_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
