"""What developers read about our models under /doc."""

from odoo.tests import HttpCase

from odoo.addons.crm_handover_api_doc.controllers.api_doc import docstring

from ..common import HandoverCommon


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
