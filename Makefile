# Every target runs in .venv, which is made on first use and brought up to date when setup.cfg changes.

PYTHON ?= python3
# The tests start hundreds of processes: each would compile the tree anew.
unexport PYTHONDONTWRITEBYTECODE
extras := test$(EXTRAS:%=,%)
ready := .venv/.installed-$(extras)
python := .venv/bin/python

option = $(if $($1),--$2 '$($1)')
options = $(call option,CANDIDATE,candidate) $(call option,DIALECT,dialect) $(call option,PROFILE,profile) \
          $(call option,SEED,seed) $(call option,ONLY,only) $(call option,DTYPE,dtype) $(call option,REPORT,report) \
          $(call option,SHARD,shard) $(call option,JOBS,jobs)

.PHONY: help test example oldest fuzz conformance soak golden golden-check matrices tightness field dialects releases bench readme spec wheel-check clean

help:  ## list the targets and the variables
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2} /^##/ {print substr($$0, 4)}' Makefile

test: $(ready)  ## run all tests of the reference, of the suite and of the golden tensors
	$(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

example: $(ready)  ## train the tiny detector, record it, judge its steps and draw what it finds, in build/example
	$(python) -m conformance.example

fuzz: $(ready)  ## damage golden files and replies of programs at random, 500 times each
	FUZZ_RUNS=500 $(python) -m pytest golden/tests/test_attacks.py conformance/tests/calling/test_remote_fuzz.py -k fuzz

conformance: $(ready)  ## judge CANDIDATE, or every built-in candidate whose packages are installed
ifndef CANDIDATE
	@echo "Judging the built-in candidates. To judge your own: make conformance CANDIDATE=my_loss.py:MyLoss"
endif
	$(strip $(python) -m conformance $(options))

soak: $(ready)  ## judge CANDIDATE, or dense_numpy, by fresh seeds on every processor until told to stop; report in build/soak
	$(strip $(python) -m conformance soak $(or $(CANDIDATE),dense_numpy) $(if $(ROUNDS),--rounds $(ROUNDS)) \
	$(filter-out --candidate '$(CANDIDATE)',$(options)) $(if $(REPORT),,--report build/soak))

oldest:  ## run all tests at the lower bounds of setup.cfg, in .venv-oldest; PYTHON must be 3.9, 3.10 or 3.11
	PYTHON=$(PYTHON) .ci/oldest

golden: $(ready)  ## write the golden tensors anew
	$(python) -m golden.generate

golden-check: $(ready)  ## verify the golden tensors: digests, values, nothing missing or extra
	$(python) -m golden.check

matrices: $(ready)  ## measure which mutants are killed, which variants accused, and write the page of it
	$(python) -m conformance.evidence

tightness: $(ready)  ## measure how small a change of each number is seen, and how near bounds are met
	$(python) -m conformance.evidence.tightness

field: $(ready)  ## write the state of the field: packages, decisions, clauses, bugs, from what was measured
	$(python) -m conformance.evidence.field

dialects: $(ready)  ## judge each value of each decision, and each preset, by YOLOV8, and write both matrices
	$(python) -m conformance.evidence.dialects; first=$$?; $(python) -m conformance.evidence.presets && exit $$first

releases: $(ready)  ## judge releases of Ultralytics from 8.0.52 on, with EXTRAS=ultralytics
	$(python) -m conformance.evidence.releases

bench: $(ready)  ## time the reference, and how its time grows; beside others with EXTRAS=torch,ultralytics
	$(python) -m conformance.evidence.bench --growth

readme: $(ready)  ## write the generated numbers in README.md anew
	$(python) -m conformance.publishing.readme

spec: $(ready)  ## write the pages of docs/ anew: the spec, and how to port a loss
	$(python) -m conformance.publishing

wheel-check: $(ready)  ## build a wheel and use it in an empty environment outside the checkout
	rm -rf build
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; set -x; \
	$(python) -m pip wheel -qq --no-deps --wheel-dir "$$dir" .; \
	$(python) -m venv "$$dir/venv"; \
	cd "$$dir"; \
	venv/bin/python -m pip install -qq ./*.whl; \
	venv/bin/python -m conformance --profile quick --candidate dense_numpy --only ciou; \
	venv/bin/python -m golden.check

clean:  ## remove .venv and all that the other targets leave behind, golden tensors aside
	rm -rf .venv .venv-oldest build *.egg-info .hypothesis .pytest_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(ready): setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(python) -m pip install -qq --editable '.[$(extras)]'
	@touch $@

##
## Variables
##   CANDIDATE=name | package.module:attr | path/to/file.py:attr | cmd:program
##   DIALECT=  PROFILE=quick|standard|soak  SEED=  ONLY=op,op  DTYPE=float32|float64|both  REPORT=folder
##   SHARD=3/8  JOBS=  ROUNDS=      the part of a run, the processes, and the rounds of make soak
##   EXTRAS=torch,jax,ultralytics   install these optional packages in .venv as well
##   PYTHON=python3.12          make .venv with this interpreter (make clean first)
