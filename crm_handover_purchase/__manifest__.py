{
    "name": "CRM Handover of Purchase Orders",
    "summary": "Hand over requests for quotation and purchase orders",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "purchase"],
    "data": [
        "data/handover_scope_data.xml",
        "views/handover_request_generate_views.xml",
        "views/purchase_order_views.xml",
    ],
    "auto_install": True,
}
