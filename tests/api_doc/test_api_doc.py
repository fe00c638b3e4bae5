"""What developers read about our models under /doc."""

import inspect

from odoo.tests import HttpCase

from odoo.addons.crm_handover_api_doc.controllers.api_doc import docstring

from dev import reference

from ..common import HandoverCommon

OURS = "odoo.addons.crm_handover"


def public_methods(Model):
    """Yield what ours bring to a model for all to call: ``(classes, method)``."""
    cls = type(Model)
    for name in dir(cls):
        homes = [one for one in cls.mro() if name in vars(one)]
        method = getattr(cls, name)
        if (
            not name.startswith("_")
            and inspect.isfunction(method)
            # of those that ours extend, Odoo's own pages tell
            and all(one.__module__.startswith(OURS) for one in homes)
        ):
            yield homes, method


class TestApiDoc(HandoverCommon, HttpCase):
    def page(self, user, model):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/doc/{model}.json")

    def test_every_model_says_what_it_is(self):
        models = [self.env[name] for name in self.env.registry]
        ours = [
            m for m in models if m._name.startswith("handover.") and not m._abstract
        ]
        silent = [model._name for model in ours if not docstring(model)]
        self.assertTrue(ours)
        self.assertFalse(silent)

    def test_page_of_a_model_begins_with_it(self):
        answer = self.page(self.admin, "handover.request")
        self.assertEqual(answer.status_code, 200)
        page = answer.json()
        self.assertIn("who hands over, who takes over", page["doc"])
        self.assertIn("<li>", page["doc"])
        self.assertIn("doc", page["methods"]["action_collect"])
        again = self.url_open(
            "/doc/handover.request.json",
            headers={"If-None-Match": answer.headers["ETag"]},
        )
        self.assertEqual(again.status_code, 304)

    def test_other_models_stay_as_they_are(self):
        self.assertFalse(self.page(self.admin, "res.partner").json()["doc"])

    def test_developer_reads_it_in_the_browser(self):
        # the page fetches what it shows
        self.browser_js(
            "/doc/handover.request",
            """
            const wait = setInterval(() => {
                const page = document.querySelector(".o-doc-model");
                if (page?.textContent.includes("who hands over, who takes over")) {
                    clearInterval(wait);
                    const list = page.querySelector("table li");
                    console.log(list ? "test successful" : "no list");
                }
            }, 50);
            """,
            "!!document.querySelector('.o-doc-model')",
            login=self.admin.login,
        )

    def test_others_read_nothing(self):
        for user in (self.anna, self.manager):
            self.assertNotEqual(self.page(user, "handover.request").status_code, 200)

    def test_reference_tells_of_each_method_what_this_page_does(self):
        """The site is made from the code, without a database."""
        told = {
            method.key: method
            for model in reference.models()
            for method in model.methods
        }
        page = self.page(self.admin, "handover.request").json()["methods"]
        wrong = []
        for name in filter(lambda one: one.startswith("handover."), self.env.registry):
            for homes, method in public_methods(self.env[name]):
                # what a mixin of ours brings is on the page of the mixin
                keys = {f"{home._name}.{method.__name__}" for home in homes}
                found = next((told[key] for key in keys & told.keys()), None)
                arguments = [*inspect.signature(method).parameters][1:]
                if (
                    not found
                    or found.doc != inspect.getdoc(method)
                    or any(one not in found.signature for one in arguments)
                    or (name == "handover.request" and method.__name__ not in page)
                ):
                    wrong.append(f"{name}.{method.__name__}")
        self.assertEqual(wrong, [])
        for key in told:
            model, _dot, name = key.rpartition(".")
            there = model not in self.env or hasattr(self.env[model], name)
            self.assertTrue(there, f"{key} is told of and not there")
        rights = reference.rights()
        self.assertFalse(told.keys() - rights.keys(), "whoever may")
        # not what an add-on adds to it
        self.assertIn("a superior", rights["handover.request.action_approve"])
