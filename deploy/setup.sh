#!/bin/sh
# Sets up the two environments of Anlu, if they are not there yet for the present lock files:
#   .venv        the application, the action server, the tests
#   .venv-rasa   Rasa Open Source and what runs inside it (old pins, see docs/decisions/0001)
# Needs Python 3.10 or 3.11 with venv, and the package index. Prints a line per step.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.10 python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 10), (3, 11)))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    # A pyenv shim of a version that is installed but not chosen fails above; its own binary does not.
    for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11*/bin/python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python3; do
        if [ -x "$candidate" ]; then echo "$candidate"; return 0; fi
    done
    echo "Anlu needs Python 3.10 or 3.11 with venv: install it (Debian: apt-get install python3.11-venv) or name it with PYTHON=..." >&2
    return 1
}

# install ENVIRONMENT LABEL PIP-OPTIONS LOCK...
install() {
    environment=$1; label=$2; options=$3; shift 3
    mark=$(cat "$@" | cksum | tr ' \t' '--')
    if [ -f "$environment/.locked-$mark" ]; then return 0; fi
    echo "Setting up $environment ($label) ..."
    rm -rf "$environment"
    "$python" -m venv "$environment"
    for lock in "$@"; do
        echo "  $(grep -c '^[a-zA-Z0-9].*==' "$lock") packages of $lock"
        # shellcheck disable=SC2086  # the options are several words on purpose
        "$environment/bin/python" -m pip install -qq --disable-pip-version-check --no-input $options --require-hashes -r "$lock"
    done
    touch "$environment/.locked-$mark"
    echo "  $environment is ready"
}

if [ "${1:-}" = "--check" ]; then find_python; exit; fi
python=$(find_python)
install .venv "application and tests, about a minute" "" deploy/locks/app.txt deploy/locks/dev.txt
# Rasa declares Python < 3.11 and older pins than its dependencies allow; it runs on 3.11 with this full list.
install .venv-rasa "Rasa, two to four minutes, about 2 GB" "--no-deps --ignore-requires-python" deploy/locks/rasa.txt
if [ ! -x .venv/bin/anlu ]; then
    pwd > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/anlu.pth"
    printf '#!/bin/sh\nexec "$(dirname "$0")/python" -m bot "$@"\n' > .venv/bin/anlu
    chmod +x .venv/bin/anlu
fi
