#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the collection, installs it as users do, and runs ansible-test's sanity and unit tests on that copy:
#   tests/ansible_test.sh [FOLDER [TESTS]]
set -eu
root=$PWD/${1:-.build/ansible-test}
tests=${2:-sanity units}
copy=$root/ansible_collections/assumerole/s3
rm -rf "$root" && mkdir -p "$root/dist" "$root/ansible_collections" "$root/home/.ansible/test/cache"

ansible-galaxy collection build --output-path "$root/dist" >/dev/null
ansible-galaxy collection install "$root"/dist/*.tar.gz -p "$root" --no-deps --offline --force >/dev/null
test -f "$copy/MANIFEST.json"
# ansible-test looks for other collections only beside ours, and takes a folder that git ignores for empty.
cp -r "$(python -c 'import ansible_collections.amazon.aws as a; print(list(a.__path__)[0])')/.." "$root/ansible_collections/amazon"
git init -q "$copy"
# Some versions keep their environment there, and would test it.
echo /tests/output/ >>"$copy/.git/info/exclude"
# It would download get-pip.py from a host of its own; each ansible-core names another version of it.
for version in 23_1_2 24_2 25_2; do cp tests/get_pip.py "$root/home/.ansible/test/cache/get_pip_$version.py"; done

cd "$copy"
export HOME="$root/home"
# Interpreters only: ansible-test runs every python3.X that it finds, and a version manager's stand-ins fail.
interpreters=$(dirname "$(command -v ansible-test)")
export PATH="$interpreters:/usr/local/bin:/usr/bin:/bin"
python=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for test in $tests; do
    ansible-test "$test" --venv --python "$python" --color no
done
