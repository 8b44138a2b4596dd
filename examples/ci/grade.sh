#!/usr/bin/env bash
# Any other CI, or a machine of your own:   COURSE=/path/to/course ASSIGNMENT=hw2 ./grade.sh homework.ipynb
# GRADER is a clone of the grader. Reports go into REPORTS; the exit code is that of `grade`.
set -euo pipefail
: "${COURSE:?the folder of the course, outside of the tree that is graded}" "${ASSIGNMENT:?the id of the assignment}"
GRADER="${GRADER:-autograd-grader}"
REPORTS="${REPORTS:-reports}"
VENV="${VENV:-$HOME/.cache/autograd-grader-venv}"

if ! [ -x "$VENV/bin/grade" ]; then
    python3 -I -m venv "$VENV"
    install() { "$VENV/bin/python" -I -m pip install --quiet --constraint "$GRADER/constraints.txt" "$@"; }
    install --extra-index-url https://download.pytorch.org/whl/cpu torch
    install "$GRADER"
fi

mkdir -p "$REPORTS"
exec "$VENV/bin/grade" --course "$COURSE" --assignment "$ASSIGNMENT" --at-least landlock \
    --format terminal --format "junit:$REPORTS/junit.xml" --format "json:$REPORTS/result.json" -- "$@"
