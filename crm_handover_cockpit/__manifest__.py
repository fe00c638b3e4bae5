{
    "name": "CRM Handover: Cockpit",
    "summary": "A handover at a glance: customers, people, what is left for you",
    "version": "19.0.1.1.4",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover_split", "crm_handover_briefing"],
    "data": [
        "data/web_tour_tour_data.xml",
        "views/handover_cockpit_views.xml",
        "views/handover_request_views.xml",
        "views/handover_briefing_views.xml",
        "views/handover_request_line_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover_cockpit/static/src/**/*"],
        "web.assets_tests": ["crm_handover_cockpit/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["crm_handover_cockpit/static/tests/unit/**/*"],
    },
    "auto_install": True,
}
