"""Hand over work in Odoo from a list of who leaves or is away, see README.md."""
