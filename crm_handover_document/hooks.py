def uninstall_hook(env):
    """Delete the files that hang on a version: the versions go with the add-on.

    Fewer people may read those than the handover, so they cannot move there. The files
    that hang on the handover stay with it, as if somebody had added them.
    """
    documents = env["handover.document"].search([("shared", "=", False)])
    documents._trusting().unlink()
