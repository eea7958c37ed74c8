#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole job on the example contract, against the AWS that the environment names, with nothing set that a user has not.
set -eu
for verb in provision verify teardown; do
    ansible-playbook "playbooks/$verb.yml" -e @playbooks/vars/example.yml \
        -e "bucket_access_plain_http_endpoint_url=${PLAIN_HTTP_ENDPOINT_URL:-}" "$@"
done
