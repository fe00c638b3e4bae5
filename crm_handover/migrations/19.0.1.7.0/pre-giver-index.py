"""Lines are found by who gives them and their handover, by one index."""


def migrate(cr, version):
    """Drop the one on who gives alone, which an update would leave there."""
    cr.execute("DROP INDEX IF EXISTS handover_request_line__predecessor_id_index")
