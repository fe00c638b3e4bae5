{
    "name": "CRM Handover: Completeness of Sales",
    "summary": "Checks of orders, and of customers who never ordered",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover_sale", "crm_handover_completeness"],
    "data": ["data/handover_check_data.xml"],
    "auto_install": True,
}
