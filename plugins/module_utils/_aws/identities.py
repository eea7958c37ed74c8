# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks: clients for each identity, none of which can fall back on another one's credentials.

botocore looks for credentials in the environment, in files and on the instance. Here each client is given the
credentials of exactly one identity, so that a check never tests an administrator's access by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
import secrets
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import hold, hold_credentials
from ansible_collections.assumerole.s3.plugins.module_utils._aws.models import models, read_only_trust
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import Pace, pace_of
from ansible_collections.assumerole.s3.plugins.module_utils._aws.timestamps import timestamp

try:
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    import botocore.session
except ImportError:
    pass  # aws_module says so

#: The AWS SDK's own retries, bounded: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
CONFIG = {"retries": {"mode": "standard", "total_max_attempts": 3}, "connect_timeout": 5, "read_timeout": 20}

Client = Any


@dataclass(frozen=True)
class Connection:
    """Where AWS is, and the user's credentials: a profile or a key."""

    region: str | None = None
    endpoint_url: str | None = None
    verify: bool | str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    profile: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    outsider_profile: str | None = None
    plain_http_endpoint_url: str | None = None
    outside_proxy: str | None = None
    pace: Pace | None = None


def connection(params: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """The connection that amazon.aws's options describe, with leftovers of the environment left out.

    amazon.aws fills options that are not given from the environment. A profile that is given wins over keys from there,
    and a session token from there belongs to the key from there and to no other.
    """
    profile = params.get("profile") or None
    access_key = params.get("access_key") or None
    session_token = params.get("session_token") or None
    if profile and access_key and access_key == _exported_key(environ):
        access_key = session_token = None
    if session_token and session_token == environ.get("AWS_SESSION_TOKEN") and access_key != _exported_key(environ):
        session_token = None
    verify = params.get("validate_certs")
    return Connection(
        region=params.get("region") or None,
        endpoint_url=params.get("endpoint_url") or None,
        verify=(params.get("aws_ca_bundle") or None) if verify in (None, True) else False,
        config=params.get("aws_config") or {},
        profile=None if access_key else profile,
        access_key=access_key,
        secret_key=(params.get("secret_key") or None) if access_key else None,
        session_token=session_token if access_key else None,
        outsider_profile=params.get("outsider_profile") or None,
        plain_http_endpoint_url=params.get("plain_http_endpoint_url") or None,
        outside_proxy=params.get("outside_proxy") or None,
        pace=pace_of(environ),
    )


def _exported_key(environ: Mapping[str, str]) -> str | None:
    """The variables are the ones that amazon.aws reads, in its order."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "EC2_ACCESS_KEY")
    return next((environ[name] for name in names if environ.get(name)), None)


class Identities:
    """Makes the clients: for the user, for a session of the role, and for those who must be refused."""

    def __init__(self, where: Connection) -> None:
        self._where = where
        self._session = self._sdk_session(where.profile, where.access_key, where.secret_key, where.session_token)
        self._config = Config(**CONFIG).merge(Config(**where.config))
        self._role: RoleSession | None = None
        self._user: dict[tuple[str, str | None], Client] = {}

    def user(self, service: str, region: str | None = None) -> Client:
        """The identity under test, with its own key and nothing else; by one client for each service."""
        if (service, region) not in self._user:
            self._user[service, region] = self._client(service, **_in_region(region))
        return self._user[service, region]

    def role(self, credentials: Mapping[str, Any]) -> RoleSession:
        """The role, with the credentials that ``AssumeRole`` gave last."""
        if self._role is None:
            self._role = self.session(credentials)
        else:
            self._role.renew(*_held(credentials))
        return self._role

    def session(self, credentials: Mapping[str, Any]) -> RoleSession:
        """The user with MFA, or a role that is not the contract's: nothing here remembers it."""
        session = self._sdk_session(self._where.profile, *_held(credentials))
        return RoleSession(session, partial(self._client, session=session), self._elsewhere)

    def user_from_elsewhere(self, service: str) -> Client:
        """The identity under test from another network."""
        return self._client(service, config=self._elsewhere)

    def anonymous_from_elsewhere(self, service: str) -> Client:
        """Anybody from another network."""
        return self._client(service, config=self._elsewhere.merge(Config(signature_version=UNSIGNED)))

    @property
    def goes_elsewhere(self) -> bool:
        """Whether there is a way to ask from another network."""
        return self._where.outside_proxy is not None

    @property
    def _elsewhere(self) -> Config:
        proxy = self._where.outside_proxy
        return self._config.merge(Config(proxies={"http": proxy, "https": proxy}))

    def nobody(self, service: str) -> Client:
        """A key that is well formed and made up: only an endpoint that authenticates nobody takes it."""
        return self._client(
            service,
            aws_access_key_id="AKIA" + secrets.token_hex(8).upper().translate(_TO_BASE32),
            aws_secret_access_key=secrets.token_hex(20),
        )

    def anonymous(self, service: str) -> Client:
        """Anybody: requests that are not signed."""
        return self._client(service, config=self._config.merge(Config(signature_version=UNSIGNED)))

    def anonymous_over_plain_http(self) -> Client:
        """Anybody without TLS, who asks once: a port that is closed on the way takes its time."""
        once = Config(signature_version=UNSIGNED, retries={"mode": "standard", "total_max_attempts": 1})
        return self._client("s3", config=self._config.merge(once), endpoint_url=self.plain_http_url)

    def outsider(self, service: str) -> Client | None:
        """Somebody else with credentials of their own, when a profile for one was given."""
        return self.other(self._where.outsider_profile, service) if self._where.outsider_profile else None

    def other(self, profile: str, service: str) -> Client:
        """Whoever a profile is of."""
        return self._client(service, session=self._sdk_session(profile))

    def other_from_elsewhere(self, profile: str, service: str) -> Client:
        """The same from another network."""
        return self._client(service, session=self._sdk_session(profile), config=self._elsewhere)

    def lasts(self, profile: str) -> bool:
        """Whether a profile is known to hold a key that lasts, and no session."""
        try:
            credentials = self._sdk_session(profile).get_credentials()
            return credentials is not None and not credentials.token
        except (BotoCoreError, ClientError):
            return False

    @property
    def region(self) -> str:
        """Where S3 is asked."""
        return str(self.user("s3").meta.region_name or "")

    @cached_property
    def plain_http_url(self) -> str | None:
        """Where S3 can be asked without TLS: on AWS under the same name, elsewhere only where one is told."""
        if self._where.plain_http_endpoint_url:
            return self._where.plain_http_endpoint_url
        s3 = self.user("s3")
        return f"http://{urlsplit(s3.meta.endpoint_url).hostname}" if self._is_aws(s3) else None

    def _sdk_session(self, profile: str | None, *key: str | None) -> botocore.session.Session:
        """A session of the SDK, with this key if there is one."""
        session = botocore.session.get_session()
        session.register_component("data_loader", models(session.get_config_variable("data_path")))
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
        for name, value in (("profile", profile), ("region", self._where.region)):
            if value is not None:
                session.set_config_variable(name, value)
        if any(key):
            session.set_credentials(*key)
        if self._where.pace:
            # Each attempt has one, also those to get credentials; before, so that no signature ages meanwhile.
            session.register("before-sign", self._where.pace.take_turn)
        return session

    def _client(self, service: str, session: Any = None, **options: Any) -> Client:
        standard = {"endpoint_url": self._where.endpoint_url, "verify": self._where.verify, "config": self._config}
        asking = session or self._session
        client = asking.create_client(service, **{**standard, **options})
        # Making the client has read them, if there are any; a login's may be over by now.
        with suppress(BotoCoreError, ClientError):
            hold_credentials(asking.get_credentials())
        client.meta.events.register("before-parse.sts", _with_a_body)
        if service == "iam":
            read_only_trust(client)
        if service == "s3control" and not self._is_aws(client):
            client.meta.events.register("before-call.s3-control", _at_the_endpoint)
        return client

    def _is_aws(self, client: Client) -> bool:
        """Whether it asks AWS itself, by the name of its endpoint."""
        host = urlsplit(client.meta.endpoint_url).hostname or ""
        suffixes = {f".{partition['dnsSuffix']}" for partition in models(None).load_data("endpoints")["partitions"]}
        return host.endswith(tuple(suffixes))


class RoleSession:
    """The role, as it was assumed last. Its clients stay from round to round, and with them their connections."""

    def __init__(
        self, session: botocore.session.Session, make_client: Callable[..., Client], elsewhere: Config
    ) -> None:
        self._credentials = session.get_credentials()
        self._make_client = make_client
        self._elsewhere = elsewhere
        self._clients: dict[tuple[str, str | None, str | None, bool], Client] = {}

    def renew(self, access_key: str, secret_key: str, session_token: str) -> None:
        """From now on the clients sign with these credentials."""
        self._credentials.access_key = access_key
        self._credentials.secret_key = secret_key
        self._credentials.token = session_token

    def client(
        self, service: str, endpoint_url: str | None = None, region: str | None = None, *, elsewhere: bool = False
    ) -> Client:
        """The one client for a service, at the usual endpoint or at another one, from here or from another network."""
        key = (service, endpoint_url, region, elsewhere)
        if key not in self._clients:
            at = {**({"endpoint_url": endpoint_url} if endpoint_url else {}), **_in_region(region)}
            self._clients[key] = self._make_client(service, **at, **({"config": self._elsewhere} if elsewhere else {}))
        return self._clients[key]


def _held(credentials: Mapping[str, Any]) -> list[str]:
    """What STS gave of a session, from now on told to nobody."""
    key, *secrets_ = (str(credentials[name]) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    hold(*secrets_)
    return [key, *secrets_]


def _in_region(region: str | None) -> dict[str, str]:
    """KMS is asked where the key is."""
    return {"region_name": region} if region else {}


def _at_the_endpoint(params: dict[str, Any], **_more: Any) -> None:
    """An endpoint of one's own has no name for each account; which one is meant stands in a header, too.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPoints.html
    """
    account = params["headers"].get("x-amz-account-id", "")
    params["url"] = params["url"].replace(f"//{account}.", "//", 1)


def _with_a_body(response_dict: dict[str, Any], **_more: Any) -> None:
    """Without one, as SeaweedFS's STS refuses, botocore cannot read the answer; of S3's it takes the status itself."""
    status = response_dict["status_code"]
    if status in (401, 403) and not response_dict["body"].strip():
        response_dict["body"] = f"<ErrorResponse><Error><Code>{status}</Code></Error></ErrorResponse>".encode()


#: Key ids are base 32: letters and 2 to 7.
_TO_BASE32 = str.maketrans("0189", "QRST")
