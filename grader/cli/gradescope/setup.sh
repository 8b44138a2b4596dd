#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image: Python 3.11 or newer, and the grader in a
# virtual environment. AUTOGRADER_ROOT is for trying it elsewhere. Nothing is installed that is there already.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
venv="$root/venv"
export DEBIAN_FRONTEND=noninteractive

find_python() {
    local python
    for python in python3.13 python3.12 python3.11 python3; do
        if "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

if ! [ -x "$venv/bin/python" ]; then
    if ! python="$(find_python)"; then
        apt-get update -qq
        apt-get install -y -qq python3.12 python3.12-venv || apt-get install -y -qq python3.11 python3.11-venv
        python="$(find_python)"
    fi
    "$python" -m venv "$venv"
fi

# The filter of system calls. Without it, submissions have less isolation, and may be refused.
if ! ldconfig -p | grep -F libseccomp.so.2 >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq libseccomp2
fi

# Isolated (-I): nothing that lies in the current folder is imported.
install() { "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-cache-dir "$@"; }
# PyTorch's CPU build first, which is the same release as the large one.
install --extra-index-url https://download.pytorch.org/whl/cpu --requirement "$source/torch.txt"
install --requirement "$source/requirements.txt"
install --no-deps --force-reinstall "$source"/wheels/*.whl

"$venv/bin/python" -I -m grader.cli --version
