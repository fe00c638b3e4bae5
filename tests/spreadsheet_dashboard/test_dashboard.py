"""Handovers among Odoo's dashboards: for leaders, with the figures of the report."""

import json

from ..tours.test_tours import TourCase

DASHBOARD = "crm_handover_spreadsheet_dashboard.dashboard_handovers"
# what the cells and charts show, once all of it has come from the server
LOOK = """
(async () => {
    const { services } = odoo.__WOWL_DEBUG__.root.env;
    const loader = services.spreadsheet_dashboard_loader;
    const wait = () => new Promise((resolve) => setTimeout(resolve, 100));
    const loaded = () => loader.getActiveDashboard()?.model?.getters;
    while (!loaded()) {
        await wait();
    }
    const getters = loaded();
    const [page, data] = getters.getSheetIds();
    const cells = (id) => Object.values(getters.getEvaluatedCells(id));
    const all = () => [...cells(page), ...cells(data)];
    const shown = (name) => cells(page).some((cell) => cell.formattedValue === name);
    const chart = () =>
        getters.getChartRuntime("handover-chart-month").chartJsConfig.data;
    while (!shown("%(team)s") || !chart().datasets.length) {
        await wait();
    }
    const wrong = all().filter(
        ({ type, value }) => type === "error" || /^#/.test(value)
    );
    const count = cells(data).find(({ value }) => value === %(records)s);
    if (wrong.length || !count) {
        console.error(JSON.stringify(all().map(({ value }) => value)));
    } else {
        console.log("test successful");
    }
})();
"""


class TestDashboard(TourCase):
    def data(self, user, dashboard):
        """Return what the client gets, or the status that refuses it."""
        self.authenticate(user.login, user.login)
        answer = self.url_open(f"/spreadsheet/dashboard/data/{dashboard.id}")
        return answer.json() if answer.ok else answer.status_code

    def names(self, book):
        """Yield the fields that a dashboard names: ``(model, dotted name)``."""
        charts = [f["data"] for sheet in book["sheets"] for f in sheet["figures"]]
        charts = [chart for chart in charts if chart["type"].startswith("odoo_")]
        for chart in charts:
            model = chart["metaData"]["resModel"]
            named = [*chart["metaData"]["groupBy"], chart["metaData"]["measure"]]
            yield from ((model, name.partition(":")[0]) for name in named)
        for pivot in book["pivots"].values():
            named = pivot["measures"] + pivot["rows"] + pivot["columns"]
            yield from ((pivot["model"], each["fieldName"]) for each in named)
        for source in (*charts, *book["pivots"].values()):
            model = source.get("model") or source["metaData"]["resModel"]
            matching = source["fieldMatching"]
            # every filter is for everything
            self.assertEqual(
                set(matching), {each["id"] for each in book["globalFilters"]}
            )
            yield from ((model, match["chain"]) for match in matching.values())

    def test_approver_sees_a_sample_then_the_figures_of_the_report(self):
        dashboard = self.env.ref(DASHBOARD)
        self.assertTrue(self.data(self.approver, dashboard)["is_sample"])
        leads = self.make_lead(expected_revenue=84_000) | self.make_lead(name="Other")
        leads.team_id = self.team
        request = self.make_request("transferred", leads)
        self.env.flush_all()
        report = self.env["handover.report"].with_user(self.approver)
        row = report.search([("request_id", "=", request.id)])
        self.assertEqual((row.record_count, row.team_id), (2, self.team))

        answer = self.data(self.approver, dashboard)
        self.assertNotIn("is_sample", answer)
        names = set(self.names(answer["snapshot"]))
        self.assertGreater(len(names), 8)
        for model, name in names:
            self.assertEqual(model, report._name)
            self.assertTrue(report._has_field_access(report._fields[name], "read"))
        for menu in answer["snapshot"]["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(menu).action)

        self.browser_js(
            f"/odoo/dashboards?dashboard_id={dashboard.id}",
            LOOK % {"team": self.team.name, "records": 2},
            ready="!!odoo.__WOWL_DEBUG__?.root.env.services"
            ".spreadsheet_dashboard_loader?.getActiveDashboard()?.model",
            login=self.approver.login,
        )

    def test_who_approves_nothing_has_no_dashboard(self):
        dashboard = self.env.ref(DASHBOARD)
        for user in (self.anna, self.bruno, self.projectuser, self.employee):
            mine = dashboard.with_user(user)
            self.assertFalse(mine.search([("id", "=", dashboard.id)]), user.login)
        self.assertEqual(self.data(self.anna, dashboard), 403)

    def test_the_sample_shows_what_the_dashboard_shows(self):
        dashboard = self.env.ref(DASHBOARD)
        sample = dashboard._get_sample_dashboard()
        real = json.loads(dashboard.spreadsheet_data)

        def shown(book):
            [page, _data] = book["sheets"]
            links = {key for key, cell in page["cells"].items() if cell[0] == "["}
            figures = {(f["id"], f["data"]["title"]["text"]) for f in page["figures"]}
            return links, figures

        self.assertEqual(shown(sample), shown(real))
        # nothing of it comes from the database
        self.assertFalse(sample["pivots"])
        self.assertNotIn("PIVOT", json.dumps(sample))
