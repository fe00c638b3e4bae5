from . import api_doc
