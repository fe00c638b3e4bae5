"""Who is to be called next after a handover: points for reasons, no database.

A deal with high risk whose customer has heard nothing for nine days:

>>> points(silent=9, risk="high")
{'silent': 38, 'risk': 30}

Half of the largest value, with two late to-dos and something promised:

>>> points(overdue=2, promises=True, share=0.5)
{'promises': 15, 'overdue': 10, 'value': 10}
>>> points()
{}
"""

RISKS = {"high": 30, "medium": 15, "low": 5}


def points(
    silent=None,
    risk="none",
    promises=False,
    overdue=0,
    fell_back=False,
    no_step=False,
    share=0.0,
):
    """Return why a record is urgent, and how much, the strongest reasons named first.

    :param silent: for how many days the customer has heard nothing since the handover;
        ``None`` when there was a contact
    :param str risk: as on the record
    :param bool promises: whether the predecessor promised something
    :param int overdue: how many to-dos are late
    :param bool fell_back: whether the deal is in an earlier stage than before
    :param bool no_step: whether the risk is high, and nothing is planned
    :param float share: how much it is worth of what the successor's largest deal is
    :return: ``{reason: points}``, without those that do not apply
    """
    found = {
        # waiting weighs more every day, for ten days
        "silent": 0 if silent is None else 20 + 2 * min(max(silent, 0), 10),
        "risk": RISKS.get(risk, 0),
        "promises": 15 * promises,
        "overdue": 5 * min(overdue, 3),
        "fell_back": 15 * fell_back,
        "no_step": 10 * no_step,
        "value": round(20 * share),
    }
    return {reason: number for reason, number in found.items() if number}
