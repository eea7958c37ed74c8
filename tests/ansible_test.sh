#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the collection, installs it as users do, and runs ansible-test's sanity and unit tests on that copy.
set -eu
root=$PWD/.build/ansible-test
copy=$root/ansible_collections/assumerole/s3
rm -rf "$root" && mkdir -p "$root/dist" "$root/ansible_collections" "$root/home/.ansible/test/cache"

ansible-galaxy collection build --output-path "$root/dist" >/dev/null
ansible-galaxy collection install "$root"/dist/*.tar.gz -p "$root" --no-deps --offline --force >/dev/null
test -f "$copy/MANIFEST.json"
# ansible-test looks for other collections only beside ours, and takes a folder that git ignores for empty.
cp -r "$(python -c 'import ansible_collections.amazon.aws as a; print(list(a.__path__)[0])')/.." "$root/ansible_collections/amazon"
git init -q "$copy"
# It would download get-pip.py from a host of its own.
cp tests/get_pip.py "$root/home/.ansible/test/cache/get_pip_25_2.py"

cd "$copy"
export HOME="$root/home"
# Interpreters only: ansible-test runs every python3.X that it finds, and a version manager's stand-ins fail.
interpreters=$(dirname "$(command -v ansible-test)")
export PATH="$interpreters:/usr/local/bin:/usr/bin:/bin"
python=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
ansible-test sanity --venv --python "$python" --color no
ansible-test units --venv --python "$python" --color no
