{
    "name": "Counts the Writes of Leads",
    "summary": "Only for tests: another add-on that has its say when a lead changes",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm"],
}
