# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab: a world for a test, built in one way for every folder of tests.

=============  ========================================================================
``checkout``   where the checkout is, and what of the caller's environment goes on
``reality``    what is there, read by boto3 alone: another route than the collection's
``emulator``   an emulator of AWS that runs, and clients for it
``account``    accounts of the emulator, operators with exactly these policies, refusals
``partner``    somebody else with an account of their own
``server``     a server of a test's own, for answers that no emulator gives
``issuer``     an identity provider of a test's own, which signs tokens
``world``      a contract, provisioned by boto3, and hands to change and to verify it
``home``       a home of one's own: the AWS files in it, and the environment of a program
``play``       a program of Ansible's that runs, and what it printed
``fixtures``   the fixtures of pytest that more than one folder has
=============  ========================================================================

Each imports those above it alone. A script that is run without pytest finds the lab as tests/README.md says.
"""
