"""Who gives a record is found together with the handover, by one index."""


def migrate(cr, version):
    """Drop the one on the giver alone, which an update would leave there."""
    cr.execute("DROP INDEX IF EXISTS handover_request_line__predecessor_id_index")
