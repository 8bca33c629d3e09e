"""What every object of the engine shares: the counter of calls, Excel's refusals, and "not in this engine"."""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .objects import App

calls: Counter[str] = Counter()
"""Calls from outside into the engine, by member: `Range.raw_value` (read), `Range.raw_value=` (written)."""

EXCEPTION_OCCURRED = -2147352567  # DISP_E_EXCEPTION: Excel understood the call and refuses it
CALL_REJECTED = -2147418111  # RPC_E_CALL_REJECTED: Excel is busy, for instance while a cell is being typed into
ERROR_1004 = -2146827284

_COUNTED_DUNDERS = {"__call__": "()", "__iter__": ".__iter__", "__len__": ".__len__"}
_nested = False  # a call that the engine makes to itself is no call into the engine


class ComError(Exception):
    """Excel's refusal, with the attributes and the four arguments of `pywintypes.com_error`."""

    def __init__(self, text: str, hresult: int = EXCEPTION_OCCURRED) -> None:
        self.hresult = hresult
        self.strerror = "Exception occurred." if hresult == EXCEPTION_OCCURRED else text
        self.excepinfo = (0, "Microsoft Excel", text, None, 0, ERROR_1004) if hresult == EXCEPTION_OCCURRED else None
        self.argerror = None
        super().__init__(hresult, self.strerror, self.excepinfo, None)


def _entrance(function: Callable[..., Any], key: str, owner: str) -> Callable[..., Any]:
    """`function` as callers from outside see it: refused while the app is busy, and counted."""

    @functools.wraps(function)
    def enter(self: Member, *args: Any, **kwargs: Any) -> Any:
        global _nested
        if _nested:
            return function(self, *args, **kwargs)
        if self._app.busy:
            raise ComError("Call was rejected by callee.", CALL_REJECTED)
        calls[owner + key] += 1
        _nested = True
        try:
            return function(self, *args, **kwargs)
        finally:
            _nested = False

    return enter


@functools.cache
def _declared(owner: type) -> frozenset[str]:
    return frozenset(inspect.get_annotations(owner))


class Member:
    """An object of the engine: counts calls, refuses while busy, and names every member that it lacks.

    Nothing is inherited from `xlwings.base_classes`: what is not written here does not exist.
    """

    _app: App
    _label: ClassVar[str]
    _lacking: ClassVar[type[Exception]] = NotImplementedError

    def __init_subclass__(cls, label: str, free: Iterable[str] = ()) -> None:
        """Wrap the public members of `cls`, except those in `free`: they are neither counted nor refused."""
        cls._label = label
        for name, member in list(vars(cls).items()):
            if name in free or (name.startswith("_") and name not in _COUNTED_DUNDERS):
                continue
            key = _COUNTED_DUNDERS.get(name, f".{name}")
            if isinstance(member, property):
                getter = member.fget and _entrance(member.fget, key, label)
                setter = member.fset and _entrance(member.fset, f"{key}=", label)
                setattr(cls, name, property(getter, setter, doc=member.__doc__))
            elif inspect.isfunction(member):
                setattr(cls, name, _entrance(member, key, label))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if hasattr(type(self), name):
            raise RuntimeError(f"{self._label}.{name} exists, but an AttributeError arose within it")
        raise self._lacking(f"the openpyxl engine has no {self._label}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        known = getattr(type(self), name, None)
        if not (name.startswith("_") or name in _declared(type(self)) or (isinstance(known, property) and known.fset)):
            raise self._lacking(f"the openpyxl engine cannot set {self._label}.{name}")
        super().__setattr__(name, value)


class ComMember(Member, label="api"):
    """An object behind `.api`: what Excel's own object model has beyond xlwings; lacks raise `AttributeError`."""

    _lacking = AttributeError


def common(values: Iterable[Any]) -> Any:
    """The value that all cells of a range share, or None where they differ, as Excel answers."""
    distinct = list(dict.fromkeys(values))
    return distinct[0] if len(distinct) == 1 else None
