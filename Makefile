# `make` alone lists what there is. Works with GNU make 3.81 (macOS) and newer.

# The first of these that is Python 3.11 to 3.14 makes .venv; `make run PYTHON=python3.12` chooses.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python
# An index to take torch and torchvision from, such as https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test test-all test-browser test-versions lab notebooks figures images site audit

VENV_PYTHON := .venv/bin/python
PIP_INSTALL := $(VENV_PYTHON) -m pip install --disable-pip-version-check -c requirements.txt

run: .venv/.run-installed ## run every lesson; ends with a table and the path of its index.html
	@.venv/bin/mnist-lab run

test: .venv/.all-installed ## ruff, the unit tests and every lesson: some seven minutes on two cores
	@$(VENV_PYTHON) -m ruff check .
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -n 2 -m "not slow"
	@$(run_lessons)

test-all: test ## the same, and then the slow tests
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -n 2 --dist worksteal -m slow --ignore tests/browser
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -m slow tests/browser

test-browser: .venv/.all-installed ## only the slow tests that drive a real JupyterLab, with Chromium
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -m slow tests/browser

test-versions: .venv/.all-installed ## tests and lessons on other versions of torch (VERSIONS="2.6.0 2.9.1": on these)
	@$(if $(TORCH_INDEX),PIP_EXTRA_INDEX_URL='$(TORCH_INDEX)') \
	    $(VENV_PYTHON) -m mnist_lab.workshop.upkeep.other_versions $(VERSIONS)

lab: .venv/.run-installed ## open JupyterLab on lesson 00, in your own copies of the lessons: my-lessons
	@$(VENV_PYTHON) -m mnist_lab.cli start
	@$(VENV_PYTHON) -m jupyterlab my-lessons/00_start_here.ipynb

notebooks: .venv/.run-installed ## run the lessons in place, so that their outputs can be committed
	@.venv/bin/mnist-lab run --in-place

figures: .venv/.run-installed ## fill the README's marked figures and links, and the tables of TEACHING.md
	@$(VENV_PYTHON) -m mnist_lab.workshop.upkeep.fill_readme
	@$(VENV_PYTHON) -m mnist_lab.workshop.upkeep.fill_teaching
	@$(VENV_PYTHON) -m mnist_lab.workshop.upkeep.addresses

images: .venv/.run-installed ## redraw every file in images
	@$(VENV_PYTHON) images/draw.py

site: .venv/.all-installed ## build the website from the lessons as they are stored, in the folder site
	@$(VENV_PYTHON) -m mnist_lab.workshop.site.build_site

audit: $(VENV_PYTHON) ## look up the pins in PyPI's list of known vulnerabilities, with pip-audit
	@log=.venv/audit.log; \
	$(VENV_PYTHON) -m venv --clear .venv/audit && \
	{ .venv/audit/bin/python -m pip install --disable-pip-version-check pip-audit && \
	    .venv/audit/bin/python -m pip_audit --strict --no-deps --disable-pip -r requirements.txt; } >$$log 2>&1 && \
	    { echo "No known vulnerabilities in the pins of requirements.txt."; exit; }; \
	if grep -q '^Found .* known vulnerabilit' $$log; then sed -n '/^Name /,$$p' $$log; $(call stop,$(vulnerable)); fi; \
	$(call stop,$(no_audit))

help:
	@echo "mnist-lab: MNIST and convolutional networks in PyTorch, lesson by lesson. Say one of:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name does; do \
	    printf '  make %-13s %s\n' "$$name" "$$does"; \
	done

# Every lesson cell by cell, two lessons at a time, each in one thread of this environment's kernel. The last
# lessons take longest, so they come first.
define run_lessons
OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
    --nbval-lax --nbval-current-env --nbval-cell-timeout 600 $$(ls -r notebooks/*.ipynb)
endef

# Installing. A stamp is written only when everything is in place, so what broke off is done again.

.venv/.run-installed: pyproject.toml requirements.txt | $(VENV_PYTHON)
	@$(call install,lab$(comma)draw$(comma)camera)

.venv/.all-installed: pyproject.toml requirements.txt | $(VENV_PYTHON)
	@$(call install,lab$(comma)draw$(comma)camera$(comma)classroom$(comma)scale$(comma)export$(comma)site$(comma)dev)
	@touch .venv/.run-installed

comma := ,
stop = { echo "$(1)" >&2; exit 1; }

$(VENV_PYTHON):
	@seen=''; chosen=''; \
	for python in $(PYTHON); do \
	    version=`$$python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null` || continue; \
	    case $$version in \
	        3.11|3.12|3.13|3.14) chosen=$$python; break;; \
	        *) seen="$${seen:-$$python is Python $$version}";; \
	    esac; \
	done; \
	if [ -z "$$chosen$$seen" ]; then $(call stop,$(no_python)); fi; \
	if [ -z "$$chosen" ]; then $(call stop,$(wrong_python)); fi; \
	$$chosen -c 'import ensurepip, venv' 2>/dev/null || $(call stop,$(no_venv)); \
	echo "Making .venv with $$chosen."; \
	$$chosen -m venv --clear .venv || { rm -rf .venv; $(call stop,$(venv_failed)); }

# $(call install,EXTRAS) shows the large downloads and keeps all that pip says in the log.
define install
rm -f $@; \
echo "Installing into .venv (some minutes the first time; pip's log is .venv/install.log)."; \
{ { $(VENV_PYTHON) -m pip --version || $(VENV_PYTHON) -m ensurepip; } && \
    $(if $(TORCH_INDEX),$(PIP_INSTALL) --no-deps --index-url '$(TORCH_INDEX)' torch torchvision &&) \
    $(PIP_INSTALL) -e '.[$(1)]' && touch $@; } 2>&1 | tee .venv/install.log \
    | sed -n 's/.*Downloading \([^ ]*\)\( ([0-9]\{2,\}[.0-9]* [MG]B)\).*/  downloading \1\2/p'; \
[ -f $@ ] || { $(why_pip_failed); }
endef

define why_pip_failed
log=.venv/install.log; \
if grep -q 'No space left' $$log; then $(call stop,$(no_space)); fi; \
if grep -q 'requires a different Python' $$log; then $(call stop,$(other_venv)); fi; \
if grep -qE $(network_trouble) $$log; then $(call stop,$(no_network)); fi; \
if grep -q 'No matching distribution found for torch' $$log; then $(call stop,$(no_torch)); fi; \
$(call stop,$(pip_failed))
endef

network_trouble := 'connection broken|Could not fetch URL|HTTP error|ConnectionError|ProxyError|timed out|IncompleteRead'

# What is said when something is missing: one sentence that says what to do.
no_python := No Python found: install Python 3.11 to 3.14 (python.org has it), or use conda as the README says, then run make again.
wrong_python := $$seen, but mnist-lab needs Python 3.11 to 3.14: install one of these, or name the one you have, as in 'make run PYTHON=python3.12'.
no_venv := $$chosen cannot make a virtual environment: install its venv module (Debian and Ubuntu: 'sudo apt install python3-venv') or use conda as the README says, then run make again.
venv_failed := $$chosen could not make .venv in this folder, for the reason above: mend that, or use conda as the README says, then run make again.
no_space := The disk is full: free about 2 GB here (9 GB with torch for CUDA), then run the same command again.
other_venv := The .venv in this folder belongs to another Python than 3.11 to 3.14: delete the folder .venv, then run the same command again.
no_network := pip could not reach the package index: check the network (or the proxy), then run the same command again; the details are in .venv/install.log.
no_torch := The index has no torch 2.13 for this computer (there is one for 64-bit Linux with glibc 2.28 or newer, for 64-bit Windows and for Macs with Apple silicon): the details are in .venv/install.log.
vulnerable := Some pins have known vulnerabilities, as listed: renew requirements.txt as its head says, then run make audit again.
no_audit := pip-audit could not ask for all of the packages: check the network (pypi.org itself has to answer; a mirror may not have its list), then run make audit again; the details are in .venv/audit.log.
pip_failed := pip could not install everything: the end of .venv/install.log says why; mend that, then run the same command again.
