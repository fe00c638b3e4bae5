# Everything is done by the Python package dev/. Settings given on the command line
# (make run PORT=8070) reach it through the environment.

PYTHON ?= python3
COMMANDS := run test test-alone test-core smoke lint tidy i18n readme docs screenshots bench wheels \
	release lock

.DEFAULT_GOAL := help
.PHONY: help check-python $(COMMANDS)

#: make run          serve Odoo 19 with the add-ons and demo data, until Ctrl-C
#: make test         run all tests
#: make test-alone   run all of the core with nothing of ours beside it
#: make test-core    run Odoo's own tests of crm, sales_team and project
#: make smoke        the whole way, short, on several databases; ARGS="plain apps"
#: make lint         run all linters, or some: ARGS="ruff eslint"
#: make tidy         lay out Python, JavaScript and style sheets as they want it
#: make i18n         bring the translation files up to date
#: make readme       write README.rst and the page of each add-on from its readme/
#: make docs         build the documentation as a site into dist/docs/
#: make screenshots  take the pictures of the documentation
#: make bench        measure; SIZES=1000,10000 chooses the numbers of records
#: make wheels       build a wheel for each add-on into dist/
#: make release      set versions, date the changelog, commit and tag VERSION=19.0.1.5.0
#: make lock         resolve dev/requirements.in, dev/docs.in and dev/package.json
#:
#: Settings, as in: make run PORT=8070
#:   PORT=8069           where `make run` serves
#:   DB=handover         its database
#:   DEMO=0              a new database starts without demo data
#:   HANDOVER_HOME=…     where everything is kept (.handover)
#:   ODOO=/path          an Odoo 19 to use instead of fetching one
#:   DATABASE_URL=…      a PostgreSQL to use: postgresql://user:password@host:5432
#:   ARGS="-k name -x"   options of pytest for `make test`; linters for `make lint`
#:   JOBS=2              tests at once; by itself one for each processor, 4 at most,
#:                       and with ARGS one
#:   PYTHON=python3.12   the Python to use, 3.10 to 3.13
help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

$(COMMANDS): check-python
	@$(PYTHON) -m dev $@

check-python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install" \
	"Python 3.10 to 3.13, or name one with PYTHON=/path" >&2; exit 1; }
