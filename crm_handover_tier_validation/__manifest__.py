{
    "name": "CRM Handover with Tier Validation",
    "summary": "Several levels of approval, by OCA's base_tier_validation",
    "version": "19.0.1.0.3",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "base_tier_validation"],
    "data": [
        "views/handover_request_views.xml",
    ],
    "auto_install": True,
}
