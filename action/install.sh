# For the steps of action.yml and validate/action.yml, which source it: the grader in a virtual environment of its own,
# and what its sandbox needs.

# Installs the grader of the folder $1 into the virtual environment $2, unless it is there: an action that is used twice
# in a job installs once. -I, so that nothing in the current folder is imported.
install_grader() {
    local grader="$1" venv="$2"
    if ! [ -x "$venv/bin/grade" ]; then
        python -I -m venv "$venv"
        # PyTorch first: the CPU build of the release in constraints.txt is a tenth of the other.
        install_packages "$grader" "$venv" --extra-index-url https://download.pytorch.org/whl/cpu torch
        install_packages "$grader" "$venv" "$grader"
    fi
    "$venv/bin/grade" --version
}

install_packages() {
    local grader="$1" venv="$2"
    shift 2
    "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --constraint "$grader/constraints.txt" "$@"
}

# Ubuntu lets only programs with an AppArmor profile make namespaces, which isolation `strict` needs. A runner of
# GitHub's own is a virtual machine that is thrown away; no other is changed.
allow_namespaces() {
    local setting=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
    if [ "${RUNNER_ENVIRONMENT:-}" = github-hosted ] && [ -e "$setting" ] && [ "$(cat "$setting")" != 0 ]; then
        echo 0 | sudo tee "$setting" >/dev/null
    fi
}

# The lines of the outputs `pip` and of what is kept, for the keys of caches: $1 is the grader, $2 the version of Python,
# $3 the course, $4 the name of the second output.
cache_keys() {
    local packages python
    packages="$(cat "$1/constraints.txt" "$1/pyproject.toml" | sha256sum | cut -c1-24)"
    python="$(printf '%s' "$2" | sha256sum | cut -c1-8)"
    echo "pip=$packages-$python"
    echo "$4=$packages-$python-$(hash_of "$1/grader")-$(hash_of "$3")"
}

hash_of() { (cd "$1" && find . -type f -not -path '*/.git/*' -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-24; }
