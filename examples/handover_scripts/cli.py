"""`handovers`: the commands, what they print and how they end.

Exit codes: 0 all is well; 1 something of it was refused or is in trouble; 2 the call
or the file is wrong; 3 Odoo does not answer, or not this caller; 4 not over in time.
"""

import argparse
import json
import os
import sys
from datetime import timezone
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tqdm import tqdm

from . import following
from .clients import CLIENTS, Refused, Unreachable
from .directory import Directory
from .handing_over import hand_over, look_ahead, passed_over, plan, together
from .people_file import BadFile, BadRow, read

WELL, REFUSED, WRONG, UNREACHABLE, UNFINISHED = range(5)
MINUTES = 60


def run():
    """The program."""
    sys.exit(main())


def main(arguments=None):
    """Do what the arguments say; return the exit code."""
    options = _parser().parse_args(arguments)
    key = os.environ.get("HANDOVER_KEY")
    if not key:
        return _complain(WRONG, "HANDOVER_KEY is empty: it holds an API key of yours")
    if options.protocol == "odoorpc" and not options.login:
        return _complain(WRONG, "--protocol odoorpc needs --login")
    try:
        client = CLIENTS[options.protocol](
            *(options.url, options.database, key, options.login),
            {"lang": options.lang},
        )
        return options.command(client, options)
    except BadFile as error:
        return _complain(WRONG, error)
    except Unreachable as error:
        return _complain(UNREACHABLE, error)
    except Refused as error:
        return _complain(REFUSED, error)


def _plan(client, options):
    """Tell what `apply` would do."""
    plans, wrong, directory = _plans(client, options)
    well = 0
    for one in plans:
        try:
            told, blockers = look_ahead(client, one, directory)
            print("\n".join(told))
            wrong += [BadRow(one.wanted.row, blocker) for blocker in blockers]
            wrong += _missed(passed_over(client, one), one) if one.is_past_draft else []
            well += not blockers
        except Refused as refused:
            wrong.append(BadRow(one.wanted.row, refused))
    return _end(wrong, f"{well} handover(s) can be made; nothing was changed")


def _apply(client, options):
    """Make and submit the handovers of a list."""
    plans, wrong, _directory = _plans(client, options)
    if wrong and not options.rest:
        return _end(wrong, "nothing was changed: mend these rows, or add --rest")
    done, cut = [], None
    for one in tqdm(plans, unit="handover", disable=options.quiet):
        row = one.wanted.row
        try:
            made = hand_over(client, one, submit=not options.draft)
        except Refused as refused:
            wrong.append(f"row {row}: {one.wanted.person}: {refused}")
            continue
        except Unreachable as error:
            # what was made until then is told all the same
            cut = error
            break
        done.append({"row": row, "person": one.wanted.person, **made})
        problems = made["findings"]
        if made["state"] in following.BAD:
            problems = [*problems, f"it is {made['state']}"]
        wrong += [f"row {row}: {made['name']}: {text}" for text in problems]
        wrong += _missed(made["passed_over"], one)
    if options.json:
        print(json.dumps(done, ensure_ascii=False, indent=1))
    else:
        for made in done:
            print(f"{made['name']}: {made['person']}, {made['state']}")
    code = _end(wrong, f"{len(done)} of {len(plans)} handover(s) are there")
    return _complain(UNREACHABLE, cut) if cut else code


def _missed(texts, one):
    """Return what a handover that was submitted before has not, by rows."""
    return [
        BadRow(
            row,
            f"is not so in {one.known['name']}, which was submitted before: {text}",
        )
        for row, text in sorted(texts.items())
    ]


def _watch(client, options):
    """Follow handovers until they are over."""
    _finished, troubled, waiting = following.watch(
        client, options.names, options.minutes * MINUTES, print
    )
    if troubled:
        return _complain(REFUSED, f"in trouble: {', '.join(troubled)}")
    if waiting:
        return _complain(UNFINISHED, f"not over yet: {', '.join(waiting)}")
    return WELL


def _evidence(client, options):
    """Fetch the evidence of handovers, as verify.py checks it."""
    for name in options.names:
        print(following.fetch_evidence(client, name, _folder(options)))
    return WELL


def _document(client, options):
    """Fetch the documents of handovers, with their annexes."""
    for name in options.names:
        for path in following.fetch_documents(client, name, _folder(options)):
            print(path)
    return WELL


def _plans(client, options):
    """Return what a list asks for, looked up; what is wrong with its rows; in what."""
    wanted, wrong = read(options.file, options.timezone)
    directory = Directory(client)
    wanted, clashes = together(wanted, directory)
    wrong += clashes
    plans = []
    for one in wanted:
        found, problems = plan(one, directory)
        wrong += problems
        if found:
            plans.append(found)
    return plans, wrong, directory


def _end(wrong, said):
    """Say how it went; each row that is wrong on a line of its own."""
    for problem in wrong:
        print(problem, file=sys.stderr)
    print(said, file=sys.stderr)
    return REFUSED if wrong else WELL


def _complain(code, error):
    # in one line, whatever it is
    print(f"handovers: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def _folder(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    return options.folder


def _zone(name):
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name} is no time zone") from error


def _parser():
    parser = argparse.ArgumentParser(
        prog="handovers",
        description="Hand over work in Odoo from a list of who leaves or is away.",
        epilog="HANDOVER_KEY in the environment is the API key (or password).",
    )
    parser.add_argument("--url", required=True, help="of Odoo: https://odoo.example")
    parser.add_argument("--database", required=True)
    parser.add_argument("--protocol", choices=sorted(CLIENTS), default="json2")
    parser.add_argument("--login", help="whose key it is, for odoorpc")
    parser.add_argument(
        "--lang", default="en_US", help="of names in the list and of answers: zh_CN"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function):
        one = commands.add_parser(name, help=function.__doc__)
        one.set_defaults(command=function)
        return one

    for name, function in (("plan", _plan), ("apply", _apply)):
        one = command(name, function)
        one.add_argument("file", help="CSV or XLSX, see the README")
        one.add_argument(
            "--timezone", type=_zone, default=timezone.utc, help="of its times"
        )
    one.add_argument("--draft", action="store_true", help="do not submit them")
    one.add_argument(
        "--rest", action="store_true", help="make the others when rows are wrong"
    )
    one.add_argument("--json", action="store_true", help="print JSON")
    one.add_argument("--quiet", action="store_true", help="no progress bar")
    one = command("watch", _watch)
    one.add_argument("names", nargs="+", help="numbers of handovers, or your own keys")
    one.add_argument("--minutes", type=float, default=0, help="0: look once")
    for name, function in (("evidence", _evidence), ("document", _document)):
        one = command(name, function)
        one.add_argument("names", nargs="+")
        one.add_argument("--folder", type=Path, default=Path())
    return parser
