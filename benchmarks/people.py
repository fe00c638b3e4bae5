"""Who is in the generated database: logins, which are the passwords too."""

GIVER = "bench_giver"
TAKER = "bench_taker"
LEADER = "bench_leader"
# has the work that every way does first, before the clock starts
WARM = "bench_warm"
# has customers and tasks instead of leads
OTHER = "bench_other"

# leads, and customers and tasks
WARM_RECORDS = (80, 10, 10)

SALESMAN = "sales_team.group_sale_salesman"
PROJECT_USER = "project.group_project_user"
GROUPS = {
    GIVER: (SALESMAN, PROJECT_USER),
    TAKER: (SALESMAN, PROJECT_USER),
    WARM: (SALESMAN, PROJECT_USER),
    OTHER: (SALESMAN, PROJECT_USER),
    LEADER: ("sales_team.group_sale_manager", "project.group_project_manager"),
}


def user(env, login):
    """Answer the user with this login."""
    return env["res.users"].search([("login", "=", login)])
