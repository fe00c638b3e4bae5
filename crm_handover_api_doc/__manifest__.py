{
    "name": "CRM Handover in the API Documentation",
    "summary": "What the models of handovers are, on the pages under /doc",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "api_doc"],
    "auto_install": True,
    "assets": {
        "api_doc.assets": [
            "web/static/src/core/utils/patch.js",
            "crm_handover_api_doc/static/src/doc_table.js",
        ],
    },
}
