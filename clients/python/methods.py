"""One definition of a method for both clients.

A resource lists its methods once: `close = Method(contests.close)`, where `contests.close` builds a `Call`. Reached through a
`Blocking` resource the method returns the answer, through an `Awaiting` one it returns an awaitable of it; names,
parameters and documentation are those of the function, for people and for type checkers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from clients.python.calls import Call, Page

P = ParamSpec("P")
T = TypeVar("T")


class BlockingSender(Protocol):
    """What a blocking resource needs of its client."""

    def send(self, call: Call[T], /) -> T: ...
    def items(self, call: Call[Page[T]], /) -> Iterator[T]: ...
    def listen(self, call: Call[T], /) -> Iterator[T]: ...


class AwaitingSender(Protocol):
    """What an awaiting resource needs of its client."""

    def send(self, call: Call[T], /) -> Awaitable[T]: ...
    def items(self, call: Call[Page[T]], /) -> AsyncIterator[T]: ...
    def listen(self, call: Call[T], /) -> AsyncIterator[T]: ...


class Blocking:
    """A resource of `Client`."""

    def __init__(self, sender: BlockingSender) -> None:
        self.sender = sender


class Awaiting:
    """A resource of `AsyncClient`."""

    def __init__(self, sender: AwaitingSender) -> None:
        self.sender = sender


class Method(Generic[P, T]):
    """A method that makes one call."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, resource: Blocking, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Awaiting, owner: type) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, resource: Any, owner: type) -> Any:
        """The method, bound to the client of its resource."""
        return self if resource is None else _bound(self.build, resource.sender.send)


class Listing(Generic[P, T]):
    """A method that walks through all pages, fetching each when it is reached."""

    def __init__(self, build: Callable[P, Call[Page[T]]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, resource: Blocking, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, resource: Awaiting, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, resource: Any, owner: type) -> Any:
        """The method, bound to the client of its resource."""
        return self if resource is None else _bound(self.build, resource.sender.items)


class Streaming(Generic[P, T]):
    """A method that listens, for as long as it is iterated over."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, resource: Blocking, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, resource: Awaiting, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, resource: Any, owner: type) -> Any:
        """The method, bound to the client of its resource."""
        return self if resource is None else _bound(self.build, resource.sender.listen)


def _bound(build: Callable[..., Call[Any]], deliver: Callable[[Any], Any]) -> Callable[..., Any]:
    @wraps(build)
    def method(*values: Any, **named: Any) -> Any:
        return deliver(build(*values, **named))

    return method
