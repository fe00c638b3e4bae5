"""XML files: well-formed, and laid out so that the lines show what is inside what.

A formatter would tell where to break every line; these rules leave that to people.
"""

from xml.parsers import expat

INDENT = 4


def problems(path):
    """What is wrong with a file, as (line, text)."""
    data = path.read_bytes()
    try:
        return sorted([*_layout(data), *_spaces(data)])
    except expat.ExpatError as error:
        return [(error.lineno, expat.ErrorString(error.code))]


def _spaces(data):
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line != line.rstrip():
            yield number, "spaces at the end of the line"
        if b"\t" in line:
            yield number, "a tab: indent with spaces"
    if not data.endswith(b"\n"):
        yield data.count(b"\n") + 1, "no line break at the end of the file"


def _layout(data):
    """Tags that begin a line but are not indented as what they are inside of asks."""
    found = []
    lines = data.split(b"\n")
    # the indentation of the lines in which the open elements began
    opened = []
    parser = expat.ParserCreate()

    def here():
        line = lines[parser.CurrentLineNumber - 1]
        return len(line) - len(line.lstrip())

    def expect(indent):
        line = lines[parser.CurrentLineNumber - 1]
        first = not line[: parser.CurrentColumnNumber].strip()
        if first and here() != indent:
            text = f"indented by {here()} instead of {indent}"
            found.append((parser.CurrentLineNumber, text))

    def inside(*_arguments):
        expect(opened[-1] + INDENT if opened else 0)

    def start(_name, _attributes):
        inside()
        opened.append(here())

    def end(_name):
        expect(opened.pop())

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CommentHandler = inside
    parser.Parse(data, True)
    return found
