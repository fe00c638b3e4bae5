"""Lines are found by their handover, and by who gives them, by wider indexes."""


def migrate(cr, version):
    """Drop the narrow ones, which an update would leave there."""
    for column in ("predecessor_id", "request_id"):
        cr.execute(f"DROP INDEX IF EXISTS handover_request_line__{column}_index")
