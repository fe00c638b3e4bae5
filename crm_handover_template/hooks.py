def uninstall_hook(env):
    """Leave the reason of ours to the handovers that have it: it is their history."""
    reason = env.ref("crm_handover_template.reason_next_phase", False)
    if reason and env["handover.request"].search_count(
        [("reason_id", "=", reason.id)], limit=1
    ):
        env["ir.model.data"].search(
            [("model", "=", reason._name), ("res_id", "=", reason.id)]
        ).unlink()
