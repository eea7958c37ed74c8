#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the collection and lets Galaxy's importer look at it, which ends well whatever it finds: its output tells.
set -eu
root=$PWD/.build/importer
tools=$PWD/.venvs/ecosystem/bin
rm -rf "$root" && mkdir -p "$root/home"
ansible-galaxy collection build --output-path "$root" >/dev/null

# It looks for amazon.aws, whose documentation ours extends, only beside itself.
amazon=$(python -c 'import ansible_collections.amazon as a; print(list(a.__path__)[0])')
beside=$("$tools/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/ansible_collections
mkdir -p "$beside"
test -e "$beside/amazon" || ln -sfn "$amazon" "$beside/amazon"

# Its ansible-lint has a timeout of its own, and ours is stricter.
printf '[galaxy-importer]\nrun_ansible_lint = False\n' >"$root/config"

cd "$root"
GALAXY_IMPORTER_CONFIG=$root/config HOME=$root/home PATH=$tools:$PATH "$tools/python" -m galaxy_importer.main "$root"/*.tar.gz >"$root/log" 2>&1 || true
if grep -E 'ERROR|WARNING' "$root/log" || ! grep -q 'Importer processing completed successfully' "$root/log"; then
    tail -20 "$root/log" >&2
    echo "Galaxy's importer is not content with the collection: see above." >&2
    exit 1
fi
