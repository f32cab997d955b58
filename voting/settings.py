"""Settings, read once at an entry point from the environment (`YISHI_…`) and handed down."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from voting.core.evidence import cosignatures
from voting.errors import Invalid


class TrustedIssuer(BaseModel):
    """An outside issuer of access tokens. `kid` is chosen from its JWKS by us, never followed from a header URL."""

    issuer: str
    jwks_url: str
    audience: str = "yishi"


class Settings(BaseSettings):
    """Everything a process needs to know before its first request."""

    model_config = SettingsConfigDict(env_prefix="YISHI_", extra="ignore", frozen=True)

    database_url: str = "sqlite:///var/yishi.db"
    """`sqlite:///path` or `postgresql://…` (psycopg 3 is the driver)."""

    public_url: str = "http://127.0.0.1:8000"
    """How the world reaches the service; the issuer of its tokens and the origin of its logs."""

    audience: str = "yishi"
    key_file: Path = Path("var/token-key.pem")
    """ES256 private key (PEM) of the embedded issuer and of receipts; made with mode 0600 when absent."""

    log_key_file: Path = Field(default_factory=lambda given: given["key_file"].with_name("log-key.pem"))
    """Ed25519 private key (PEM) that signs the checkpoints of all logs; made with mode 0600 when absent. Default: `log-key.pem`
    beside `key_file`."""
    log_state_dir: Path = Field(default_factory=lambda given: given["key_file"].with_name("log-state"))
    """Where this machine notes the last tree it signed of each log, outside the database and its backups. Default: the folder
    `log-state` beside `key_file`."""
    attachments_url: str = Field(
        default_factory=lambda given: given["key_file"].absolute().with_name("attachments").as_uri()
    )
    """Where attached files lie: `file:///folder` or `s3://bucket/prefix`. Default: `attachments` beside `key_file`."""
    witnesses: list[str] = Field(default_factory=list)
    """Verifier keys (type 0x04) of witnesses whose cosignatures are kept and served; a JSON list in the environment."""

    issuers: list[TrustedIssuer] = Field(default_factory=list)
    """Outside issuers whose tokens are believed; a JSON list in the environment."""

    access_token_seconds: int = 3600
    refresh_token_days: int = 180

    max_body_bytes: int = 1_048_576
    max_import_bytes: int = 33_554_432
    max_depth: int = 24
    page_size: int = 50
    max_page_size: int = 200
    rate_per_minute: int = 600
    """Requests a minute per caller (token, else address); 0 turns the limit off."""

    max_waiting: int = 4096
    """Requests of a process that may wait for a change at the same time; one caller may have an eighth of them."""
    watch_every_ms: int = 1000
    """Milliseconds between two looks at what somebody waits for."""

    pool_size: int = 13
    log_json: bool = True
    demo: bool = False
    """Whether communities made by the demo may have their clock moved."""

    @field_validator("witnesses")
    @classmethod
    def _cosigns(cls, given: list[str]) -> list[str]:
        try:
            return [cosignatures.parse_key(text).text for text in given]
        except Invalid as error:
            raise ValueError("expected verifier keys name+id+base64 of type 0x04") from error
