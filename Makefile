# Balise. `make run` starts it, `make test` checks it; both work from a bare clone.
.DEFAULT_GOAL := help
.PHONY: help install install-dev run test browser lint format screenshots bench reliability audit

PYTHON_CANDIDATES := python3.13 python3.12 python3.11 python3.14 python3 python
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
PYTEST := $(PY) -m pytest -q

help:
	@echo "make run    installe, prépare la base et démarre Balise sur http://127.0.0.1:8501 (PORT, DATABASE_URL)"
	@echo "make test   installe et passe toutes les vérifications, navigateur compris"
	@echo "make lint   vérifie le style et les types      make format  met le code en forme"
	@echo "make bench  mesure les temps et la mémoire      make install installe seulement"
	@echo "make reliability  rejoue au long les pannes, les coupures et les écritures à deux, et compte ce qui serait perdu"
	@echo "make audit  regarde chaque page dans chaque rôle et chaque apparence, et essaie toutes les portes"
	@echo "make screenshots  refait les images du README à partir de la démonstration"

# A Python that moved or vanished leaves a broken environment: it is made again.
$(VENV)/.made: Makefile
	@if $(PY) -c 'import pip' 2>/dev/null; then touch $@; exit 0; fi; \
	for candidate in $(PYTHON_CANDIDATES); do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Balise a besoin de Python 3.11 ou plus récent ; aucun n'a été trouvé ($(PYTHON_CANDIDATES))." >&2; \
	  echo "Installez-le (sous Debian ou Ubuntu : apt install python3 python3-venv), puis relancez la commande." >&2; exit 1; \
	fi; \
	if ! $$found -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$$found ne sait pas créer d'environnement virtuel : il lui manque le module venv." >&2; \
	  echo "Installez-le (sous Debian ou Ubuntu : apt install python3-venv), puis relancez la commande." >&2; exit 1; \
	fi; \
	echo "Création de l'environnement $(VENV) avec $$found"; \
	$$found -m venv --clear $(VENV) && touch $@

$(VENV)/.installed: requirements.txt $(VENV)/.made
	@echo "Installation des bibliothèques (requirements.txt)"
	@$(PIP) install -r requirements.txt || { echo "L'installation des bibliothèques a échoué : lisez le message ci-dessus (réseau, mandataire, espace disque), puis relancez la commande." >&2; exit 1; }
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installation des outils de vérification (requirements-dev.txt)"
	@$(PIP) install -r requirements-dev.txt || { echo "L'installation des outils de vérification a échoué : lisez le message ci-dessus, puis relancez la commande." >&2; exit 1; }
	@touch $@

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

run: install
	@$(PY) -m db init --demo-if-empty
	@exec $(PY) -m streamlit run app.py --server.address 127.0.0.1 --server.port "$${PORT:-8501}"

browser: install-dev
	@$(PY) -m tests.browser

lint: install-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: install-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# What takes milliseconds first; what needs a browser last.
test: install-dev browser lint
	$(PYTEST) -n 2 --dist loadfile -m "not browser"
	$(PYTEST) -m browser

screenshots: install-dev browser
	@$(PY) -m tests.screenshots

bench: install-dev browser
	@$(PY) -m tests.bench $(BENCH)

# At length (half an hour and more); `make test` has the short form. One protocol alone: RELIABILITY="--only crash".
reliability: install-dev
	@$(PY) -m tests.reliability $(RELIABILITY)

# At length: `make test` has the short form.
audit: install-dev browser
	@$(PY) -m tests.audit $(AUDIT)
