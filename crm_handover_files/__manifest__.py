{
    "name": "CRM Handover: Files",
    "summary": "Which files go along with a handover, and what could stay behind",
    "version": "19.0.1.2.2",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "views/handover_request_line_views.xml",
        "views/handover_request_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover_files/static/src/**/*"],
        "web.assets_tests": ["crm_handover_files/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
