{
    "name": "CRM Handover: Orphan Radar",
    "summary": "What belongs to people who left or are leaving, in the whole database",
    "version": "19.0.1.2.2",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "security/ir.model.access.csv",
        "security/handover_radar_security.xml",
        "views/handover_radar_muted_views.xml",
        "wizard/handover_radar_row_views.xml",
        "views/handover_radar_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover_radar/static/src/**/*"],
        "web.assets_tests": ["crm_handover_radar/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
