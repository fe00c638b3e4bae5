{
    "name": "CRM Handover: Split",
    "summary": "Deal the records of a handover out to several successors",
    "version": "19.0.1.2.4",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "security/handover_split_security.xml",
        "security/ir.model.access.csv",
        "wizard/handover_request_split_views.xml",
        "views/handover_split_views.xml",
        "views/handover_request_views.xml",
        "views/handover_request_line_views.xml",
        "views/handover_request_prepare_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover_split/static/src/**/*"],
        "web.assets_tests": ["crm_handover_split/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["crm_handover_split/static/tests/unit/**/*"],
    },
    "auto_install": True,
}
