#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# What a nightly job runs, with the operator's credentials in the environment: all contracts of the inventory are
# verified, and the exit code is that of alarm.py. Reports of earlier runs go first, or a run that did not even begin would be
# judged by those of the last one.
cd "$(dirname "$0")" || exit 1
rm -rf reports
ansible-playbook assumerole.s3.verify -i inventory.yml -e bucket_access_hosts=contracts \
    -e bucket_access_require_enforcement=true "$@"
python3 alarm.py reports
