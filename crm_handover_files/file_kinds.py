"""What kind of file something is, in words that people use: no database.

>>> kind("application/pdf")
'pdf'
>>> kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
'spreadsheet'
>>> kind("image/png"), kind("text/csv"), kind("text/plain"), kind(None)
('picture', 'spreadsheet', 'document', 'other')
>>> kind("application/octet-stream", is_link=True)
'link'
"""

# the first that is found in the type of a file
KINDS = {
    "pdf": ("application/pdf",),
    "spreadsheet": ("spreadsheet", "excel", "csv"),
    "presentation": ("presentation", "powerpoint"),
    "picture": ("image/",),
    "recording": ("audio/", "video/"),
    "mail": ("message/", "ms-outlook"),
    "archive": ("zip", "compressed", "x-tar", "x-rar"),
    "document": ("word", "opendocument.text", "rtf", "text/"),
}


def kind(mimetype, is_link=False):
    """Return the kind of a file.

    :param str mimetype: as ``application/pdf``, may be empty
    :param bool is_link: it is an address, and no file
    :return: a key of ``KINDS``, ``link`` or ``other``
    """
    if is_link:
        return "link"
    mimetype = (mimetype or "").lower()
    for name, parts in KINDS.items():
        if any(part in mimetype for part in parts):
            return name
    return "other"
