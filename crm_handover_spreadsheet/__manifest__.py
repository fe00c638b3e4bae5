{
    "name": "CRM Handover: Spreadsheet",
    "summary": "The records of a draft as a spreadsheet, filled in and uploaded again",
    "version": "19.0.1.0.4",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "security/ir.model.access.csv",
        "security/handover_upload_security.xml",
        "wizard/handover_request_upload_views.xml",
        "views/handover_request_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["crm_handover_spreadsheet/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
