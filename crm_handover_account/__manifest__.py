{
    "name": "CRM Handover of Draft Invoices",
    "summary": "Draft invoices follow the orders and customers that are handed over",
    "version": "19.0.1.0.3",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    # orders lead to invoices, and Sales says which of them a salesperson opens
    "depends": ["crm_handover_sale"],
    "auto_install": True,
}
