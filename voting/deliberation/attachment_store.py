"""Where the bytes of attachments lie: a folder of this machine, or a bucket that speaks S3, both through obstore.

The database holds what is known of a file, never its bytes. A bucket's endpoint and keys come from the environment that obstore
reads (`AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`). A bucket that does not answer is given up
soon: a transaction may wait for it.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from voting.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

_CONNECT, _ANSWER = timedelta(seconds=3), timedelta(seconds=20)
_RETRIES = timedelta(seconds=10)
"""For how long a request that failed is tried again."""


class Shelf(Protocol):
    """Bytes by key."""

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key that was never used."""

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFound."""

    def delete(self, key: str) -> None:
        """Forget the bytes; nothing happens where there are none."""


class ObjectShelf:
    """A shelf in an object store. What the store cannot do now is Unavailable."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes."""
        try:
            self._store.put(key, data)
        except Exception as error:  # Disk, network or rights: each store raises its own.
            raise Unavailable("attachments_unavailable", retry_after=5) from error

    def get(self, key: str) -> bytes:
        """The bytes."""
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError as error:
            raise NotFound("attachment_gone", id=key) from error
        except Exception as error:  # Disk, network or rights: each store raises its own.
            raise Unavailable("attachments_unavailable", retry_after=5) from error

    def delete(self, key: str) -> None:
        """Forget the bytes."""
        try:
            self._store.delete(key)
        except FileNotFoundError:
            return
        except Exception as error:  # Disk, network or rights: each store raises its own.
            raise Unavailable("attachments_unavailable", retry_after=5) from error


@cache
def of(url: str) -> Shelf:
    """The shelf at `file:///folder` (made when it is absent) or `s3://bucket/prefix`."""
    # Loaded here: most processes never touch a file.
    from obstore.store import LocalStore, from_url

    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(parts.path)
        folder.mkdir(parents=True, exist_ok=True)
        return ObjectShelf(LocalStore(folder))
    # Whoever writes an endpoint with http:// means it, on a network of their own.
    client: ClientConfig = {"allow_http": True, "connect_timeout": _CONNECT, "timeout": _ANSWER}
    return ObjectShelf(from_url(url, client_options=client, retry_config={"max_retries": 2, "retry_timeout": _RETRIES}))
