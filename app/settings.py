"""Everything about the service that can be set, read once from the environment."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the service; each can be given as ``FEEDER_ZONES_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="FEEDER_ZONES_", frozen=True)

    data_directory: Path = Field(default=Path("var"), description="Folder of the database.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    allow_remote: bool = Field(
        default=False,
        description="Listen on an address that others can reach. There are no accounts: use a proxy that asks users to"
        " sign in.",
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
        description="Memory of all processes that read and compute; 0 for three quarters of what the machine or the"
        " container has.",
    )
    job_memory_mb: int = Field(default=4096, ge=512, description="Most memory of a job's or an upload's process.")
    engine: str = Field(
        default="",
        pattern=r"^$|^(tcp|tls)://\S+$",
        description="Scheduler of a Dask cluster that computes the jobs, such as tcp://127.0.0.1:8786; blank for"
        " processes of this machine.",
    )
    maximum_wait_s: float = Field(default=60, ge=0, description="Longest that Prefer: wait is honoured.")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
