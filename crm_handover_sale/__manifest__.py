{
    "name": "CRM Handover of Sales Orders",
    "summary": "Hand over quotations and orders; show them, and invoices, on cards",
    "version": "19.0.1.1.1",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "sale"],
    "data": [
        "security/sale_order_security.xml",
        "data/handover_scope_data.xml",
        "views/handover_request_generate_views.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": True,
}
