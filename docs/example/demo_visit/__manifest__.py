{
    "name": "Customer Visits",
    "summary": "The example of the extension guide: visits that can be handed over",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover_review"],
    "data": [
        "security/ir.model.access.csv",
        "security/demo_visit_security.xml",
        "data/handover_scope_data.xml",
        "views/demo_visit_views.xml",
        "views/handover_request_review_views.xml",
    ],
}
