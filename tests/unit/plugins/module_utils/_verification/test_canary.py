# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable, enforced, reached

IN = Answer(status=200)
STS_REFUSES = Answer(code="InvalidClientTokenId", status=403)
S3_REFUSES = Answer(code="InvalidAccessKeyId", status=403)
DENIED = Answer(code="AccessDenied", status=403)
BUSY = Answer(code="SlowDown", status=503)
ON_THE_WAY = "because no VPC endpoint policy allows the s3:ListAllMyBuckets action"

ANSWERS = [
    ([STS_REFUSES, S3_REFUSES], True),
    ([IN, IN], False),
    ([IN, S3_REFUSES], False),
    ([STS_REFUSES, IN], False),
    ([DENIED, IN], False),
    ([DENIED, DENIED], True),  # Ceph
    ([Answer(code="403", status=403), S3_REFUSES], True),  # SeaweedFS
    ([Answer(code="Unauthorized", status=401), Answer(code="Forbidden", status=403)], True),
    ([DENIED, Answer(code="AccessDenied", status=200)], None),
    ([DENIED, Answer(code="AccessDenied", status=403, message=ON_THE_WAY)], None),
    ([STS_REFUSES, BUSY], None),
    ([STS_REFUSES, Answer(code="Unknown", status=403)], None),
    ([STS_REFUSES, Answer(code="AllAccessDisabled", status=403)], None),
    ([Answer(code="RegionDisabledException", status=403), S3_REFUSES], None),
    ([STS_REFUSES, Answer(code="RequestTimeTooSkewed", status=403)], None),
    ([Answer(code="SignatureDoesNotMatch", status=403), S3_REFUSES], None),
    ([Answer(code="ExpiredToken", status=400), S3_REFUSES], None),
]


@pytest.mark.parametrize(("answers", "expected"), ANSWERS)
def test_only_an_unknown_key_that_both_services_turn_away_shows_enforcement(
    answers: list[Answer], expected: bool | None
) -> None:
    assert enforced(answers) is expected


@pytest.mark.parametrize("answer", [IN, STS_REFUSES, DENIED, BUSY])
def test_whatever_the_endpoint_says_it_was_reached(answer: Answer) -> None:
    assert reached(answer) is answer


UNREACHED = [
    (
        Answer(code="EndpointConnectionError", message='Could not connect to the endpoint URL: "https://x.test/"'),
        'AWS cannot be reached: Could not connect to the endpoint URL: "https://x.test/". '
        "Check the network, the region and endpoint_url.",
    ),
    (
        Answer(code="SSLError", message="SSL validation failed."),
        "AWS cannot be reached: SSL validation failed. "
        "Name its authority in aws_ca_bundle or AWS_CA_BUNDLE, and check the clock: by a wrong one a certificate is "
        "not yet valid, or expired.",
    ),
    (
        Answer(code="NoRegionError", message="You must specify a region."),
        "AWS cannot be reached: You must specify a region. Give a region.",
    ),
]


@pytest.mark.parametrize(("answer", "sentence"), UNREACHED)
def test_without_an_answer_nothing_is_judged(answer: Answer, sentence: str) -> None:
    with pytest.raises(Unreachable) as caught:
        reached(answer)
    assert str(caught.value) == sentence
