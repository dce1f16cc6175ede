"""Everything about the service that can be set, read once from the environment."""

from __future__ import annotations

import ipaddress
import json
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field, IPvAnyNetwork, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from app.serving_settings import ServingSettings


class Settings(ServingSettings):
    """Settings of the service; each can be given as ``FEEDER_ZONES_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="FEEDER_ZONES_", frozen=True, enable_decoding=False)

    data_directory: Path = Field(default=Path("var"), description="Folder of the database and of the files next to it.")
    database: str = Field(
        default="",
        description="Address of the database: postgresql://user:password@host/name. If blank, SQLite in the data"
        " directory.",
    )
    reserve_mb: int = Field(
        default=64,
        ge=0,
        description="Disk space held back in the data directory, so that a full disk can be tidied up.",
    )
    retention_days: int = Field(
        default=0,
        ge=0,
        description="Age at which zones prune deletes finished jobs, and proposals without a record; 0 for never.",
    )
    audit_days: int = Field(
        default=0,
        ge=0,
        description="Age at which zones prune deletes entries of the audit trail; 0 keeps them for ever.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    allow_remote: bool = Field(
        default=False,
        description="Listen on an address that others can reach even before there is a key; until then nobody is"
        " answered.",
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "::1"),
        description="Host names under which the service answers (JSON list).",
    )
    allow_exact: bool = Field(default=False, description="Answer requests for exact student counts.")
    allow_release: bool = Field(
        default=False,
        description="Let users release to the public, and decide about second cuts of the same students.",
    )
    disclosure_policy: str = Field(
        default="standard",
        max_length=20_000,
        description="Policy by which counts are protected for staff: the name of a preset, or fields as JSON or TOML.",
    )
    maximum_upload_mb: int = Field(default=512, ge=1, description="Largest request, all files together.")
    maximum_files: int = Field(default=20, ge=1, description="Most files in one request.")
    workers: int = Field(
        default=2, ge=1, le=64, description="Proposals, matches and year plans computed at the same time."
    )
    analysis_workers: int = Field(default=2, ge=1, le=64, description="Analyses computed at the same time.")
    maximum_queued_jobs: int = Field(default=50, ge=1, description="Jobs that may wait; more are refused with 503.")
    job_time_limit_s: float = Field(default=900, gt=0, description="Seconds a job may take before it is stopped.")
    maximum_uploads: int = Field(default=3, ge=1, le=30, description="Uploads read at the same time; more get 503.")
    maximum_reads: int = Field(
        default=3, ge=1, le=30, description="Other answers computed while requests wait; more get 503."
    )
    upload_time_limit_s: float = Field(default=300, gt=0, description="Seconds that reading an upload may take.")
    memory_mb: int = Field(
        default=0,
        ge=0,
        description="Memory of all processes that read and compute, and of layers that are kept; 0 for three quarters"
        " of what the machine or the container has.",
    )
    job_memory_mb: int = Field(default=2048, ge=512, description="Most memory of a job's or an upload's process.")
    read_memory_mb: int = Field(
        default=1024, ge=512, description="Most memory of a process for another answer that a request waits for."
    )
    engine: str = Field(
        default="",
        pattern=r"^$|^(tcp|tls)://\S+$",
        description="Scheduler of a Dask cluster that computes the jobs, such as tcp://127.0.0.1:8786; blank for"
        " processes of this machine.",
    )
    kept_responses_mb: int = Field(
        default=64, ge=1, le=4096, description="Memory for responses about stored results that were read last."
    )
    maximum_wait_s: float = Field(default=60, ge=0, description="Longest that Prefer: wait is honoured.")
    # Who may do what.
    open_on_loopback: bool = Field(
        default=False, description="Answer requests of this machine without a key even when there are keys."
    )
    public_releases: str = Field(
        default="", max_length=40, description="Agency whose releases everybody may read without signing in."
    )
    secure_cookies: bool = Field(
        default=False, description="Mark the cookies of pages as Secure even where the service itself sees plain HTTP."
    )
    session_idle_minutes: int = Field(default=60, ge=1, description="Minutes after which an unused session ends.")
    session_hours: int = Field(default=12, ge=1, le=720, description="Hours after which every session ends.")
    requests_per_minute: int = Field(
        default=0, ge=0, description="Requests that a key may make in a minute, if it has no limit of its own; 0: any."
    )
    failed_sign_ins: int = Field(
        default=20, ge=1, description="Wrong keys in five minutes after which further ones of their address get 429."
    )
    quota_mb: int = Field(default=0, ge=0, description="Megabytes that an agency may store; 0: any.")
    quota_datasets: int = Field(default=0, ge=0, description="Datasets that an agency may store; 0: any.")
    quota_jobs: int = Field(default=0, ge=0, description="Unfinished jobs that an agency may have; 0: any.")
    proxy_user_header: str = Field(
        default="", max_length=100, description="Header in which a trusted proxy names the user; blank for none."
    )
    proxy_agency_header: str = Field(
        default="", max_length=100, description="Header in which it names the agency; blank: zones people says it."
    )
    proxy_roles_header: str = Field(
        default="", max_length=100, description="Header in which it names the roles; blank: zones people says them."
    )
    proxy_addresses: tuple[IPvAnyNetwork, ...] = Field(
        default=(IPv4Network("127.0.0.1/32"), IPv6Network("::1/128")),
        description="Addresses from which the proxy's headers are believed (JSON list).",
    )
    oidc_issuer: str = Field(
        default="", max_length=500, description="Issuer of OpenID Connect tokens; blank takes none."
    )
    oidc_audience: str = Field(default="", max_length=500, description="Audience that the tokens must be made for.")
    oidc_keys: str = Field(
        default="", max_length=1_000, description="File or https address of the issuer's public keys (JWKS)."
    )
    oidc_agency_claim: str = Field(default="agency", max_length=100, description="Claim with the agency.")
    oidc_roles_claim: str = Field(default="roles", max_length=100, description="Claim with the roles.")
    oidc_name_claim: str = Field(default="sub", max_length=100, description="Claim with the name of the caller.")

    @field_validator(
        "allowed_hosts", "proxy_addresses", "forwarded_allow_ips", "cors_origins", mode="before", check_fields=False
    )
    @classmethod
    def _list(cls, given: object) -> object:
        """Read a list of the environment here, so that a wrong one is found together with all other faults."""
        try:
            return json.loads(given) if isinstance(given, str) else given
        except ValueError:
            raise ValueError("give a JSON list") from None

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        """Refuse half of a way to sign in."""
        oidc = ("oidc_issuer", "oidc_audience", "oidc_keys")
        blank = [f"FEEDER_ZONES_{name.upper()}" for name in oidc if not getattr(self, name)]
        if 0 < len(blank) < len(oidc):
            raise ValueError(
                "FEEDER_ZONES_OIDC_ISSUER, FEEDER_ZONES_OIDC_AUDIENCE and FEEDER_ZONES_OIDC_KEYS must be given"
                f" together, and {' and '.join(blank)} {'are' if len(blank) > 1 else 'is'} blank"
            )
        if self.oidc_keys.startswith("http://"):
            raise ValueError("FEEDER_ZONES_OIDC_KEYS must be an https address or a file, never plain http")
        if (self.proxy_agency_header or self.proxy_roles_header) and not self.proxy_user_header:
            raise ValueError("FEEDER_ZONES_PROXY_USER_HEADER is blank, and the headers of agency and roles need it")
        return self

    @property
    def others_sign_users_in(self) -> bool:
        """Whether a proxy or an identity provider is set."""
        return bool(self.proxy_user_header or self.oidc_issuer)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
