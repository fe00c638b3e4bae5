"""The form of the evidence, in plain Python: nothing here needs Odoo or a database."""
