# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from lab.fixtures import enforcing as enforcing
from lab.fixtures import nobodys_aws as nobodys_aws
