import inspect
import json

from docutils.core import publish_parts

from odoo import http
from odoo.http import request

from odoo.addons.api_doc.controllers.api_doc import DocController

# a docstring is a text of ours, and brings nothing but text
SETTINGS = {"raw_enabled": False, "file_insertion_enabled": False, "report_level": 5}


def docstring(model):
    """Return what a model of ours says of itself, or an empty text.

    That is what the class says that makes the model, not one that opens it later.
    """
    for cls in reversed(type(model).mro()):
        if vars(cls).get("_name") == model._name and cls.__doc__:
            return inspect.cleandoc(cls.__doc__)
    return ""


class HandoverDocController(DocController):
    """The page of a model of ours begins with what the model is."""

    @http.route()
    def doc_model(self, model_name):
        response = super().doc_model(model_name)
        known = model_name.startswith("handover.") and model_name in request.env
        text = docstring(request.env[model_name]) if known else ""
        # the browser has it already: there is nothing to add to
        if text and response.status_code == 200:
            html = publish_parts(text, writer_name="html", settings_overrides=SETTINGS)
            content = {**json.loads(response.data), "doc": html["body"]}
            response.data = json.dumps(content, ensure_ascii=False)
        return response
