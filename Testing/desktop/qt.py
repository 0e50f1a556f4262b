"""Stand-in for Slicer's ``qt`` module: real Qt (PySide6) that behaves like PythonQt and refuses what it refuses.

Every class is made on demand as a subclass of the PySide6 class. Properties are attributes, ``connect`` takes a
signature string, unknown attributes cannot be set on C++ objects, and slots get as many arguments as they take.
"""

from __future__ import annotations

import ctypes
import enum
import inspect
import sys

from PySide6 import QtCore, QtGui, QtUiTools, QtWidgets

_MODULES = (QtCore, QtGui, QtWidgets)
_UNSAFE_PROPERTIES = {"sizeHint", "minimumSizeHint", "singleShot", "parent"}  # also virtual or static functions
_made: dict[str, type] = {}
_original: dict[type, type] = {}  # generated class -> class of PySide6


def _keepSingletons() -> None:
    """Before Python 3.12, lend None, True, False and small numbers references that are never given back.

    PySide 6.12 gives back a reference too many when C++ reads a property that is written in Python; where these are
    not immortal, the interpreter would abort after some hundred reads.
    """
    lent = [None, True, False] * 1_000_000 + list(range(-5, 257)) * 2_000
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(lent))


if sys.version_info < (3, 12):
    _keepSingletons()


def _readable(value):
    if isinstance(value, enum.Enum) and not isinstance(value, enum.Flag):
        return value.value
    return value


def _property(name: str) -> property:
    def read(self):
        return _readable(QtCore.QObject.property(self, name))

    def write(self, value):
        index = self.metaObject().indexOfProperty(name)
        if not self.metaObject().property(index).isWritable():
            raise AttributeError(f"property {name} of {self.className()} is read-only")
        if not QtCore.QObject.setProperty(self, name, value):
            raise ValueError(f"property {name} of {self.className()} refuses {type(value).__name__}")

    return property(read, write)


def _acceptedArguments(slot) -> int | None:
    """Return how many positional arguments a slot takes; None for any number."""
    try:
        parameters = inspect.signature(slot).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def _truncating(slot):
    count = _acceptedArguments(slot)
    return slot if count is None else lambda *arguments: slot(*arguments[:count])


def _connect(self, signature: str, slot):
    """Connect as PythonQt does; a wrong signature is an error here, where PythonQt only prints a message."""
    normalized = bytes(QtCore.QMetaObject.normalizedSignature(signature).data()).decode()
    if "(" not in normalized:
        raise TypeError(f"{signature!r} is no signature, expected for example 'clicked(bool)'")
    name, arguments = normalized[:-1].split("(", 1)
    signals = getattr(self, "standInSignals", {})
    if normalized in signals:
        signals[normalized].append(_truncating(slot))
        return True
    if self.metaObject().indexOfSignal(normalized) < 0:
        raise TypeError(f"{self.className()} has no signal {normalized}")
    if not callable(slot):
        raise TypeError("the slot cannot be called")
    overloads = sum(
        bytes(self.metaObject().method(i).name().data()).decode() == name
        and self.metaObject().method(i).methodType() == QtCore.QMetaMethod.MethodType.Signal
        for i in range(self.metaObject().methodCount())
    )
    signal = getattr(self, name)
    if overloads > 1:
        key = arguments if arguments else ()
        try:
            signal = signal[key]
        except (KeyError, IndexError, TypeError):
            signal = getattr(self, name)
    wrapped = _truncating(slot)
    connections = self.__dict__.setdefault("_connections", [])
    connections.append((normalized, slot, signal, wrapped))
    signal.connect(wrapped)
    return True


def _disconnect(self, signature: str, slot):
    normalized = bytes(QtCore.QMetaObject.normalizedSignature(signature).data()).decode()
    for entry in list(self.__dict__.get("_connections", [])):
        if entry[0] == normalized and entry[1] == slot:
            entry[2].disconnect(entry[3])
            self.__dict__["_connections"].remove(entry)
            return True
    raise TypeError(f"{normalized} is not connected to this slot")


def _attributeSetter(base: type):
    def setAttribute(self, name, value):
        cls = type(self)
        if isinstance(value, QtCore.QObject) and QtCore.QObject.objectName(value) == name:
            return  # PySide's loader makes named children attributes; in Slicer they are found by name
        if cls.__dict__.get("_isGenerated") and not hasattr(cls, name) and not name.startswith("_"):
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}: PythonQt would refuse it")
        if isinstance(getattr(cls, name, None), property):
            getattr(cls, name).__set__(self, value)
        else:
            base.__setattr__(self, name, value)

    return setAttribute


def _getMissing(self, name):
    if not name.startswith("_") and name in [bytes(n.data()).decode() for n in self.dynamicPropertyNames()]:
        return QtCore.QObject.property(self, name)
    raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")


def generate(base: type, name: str) -> type:
    """Return a subclass of a Qt class with the conventions of PythonQt."""
    body = {"_isGenerated": True, "__module__": __name__}
    if issubclass(base, QtCore.QObject):
        meta = base.staticMetaObject
        for index in range(meta.propertyCount()):
            propertyName = meta.property(index).name()
            ofPython = isinstance(getattr(base, propertyName, None), QtCore.Property)
            isVirtual = (name, propertyName) == ("QProgressBar", "text")
            if propertyName not in _UNSAFE_PROPERTIES and not ofPython and not isVirtual:
                body[propertyName] = _property(propertyName)
        body |= {
            "name": _property("objectName"),
            "connect": _connect,
            "disconnect": _disconnect,
            "findChildren": lambda self, kind=QtCore.QObject, name="": [
                child
                for child in QtCore.QObject.findChildren(self, QtCore.QObject)
                if isinstance(child, _original.get(kind, kind)) and (not name or child.objectName() == name)
            ],
            "className": lambda self: self.metaObject().className(),
            "delete": lambda self: self.deleteLater(),
            "__setattr__": _attributeSetter(base),
            "__getattr__": _getMissing,
        }
    made = type(base)(name, (base,), body)
    _original[made] = base
    return made


class QUiLoader(QtUiTools.QUiLoader):
    """Loads a .ui file with the classes of this module, and of ``ctk`` and ``slicer`` for their widgets."""

    def createWidget(self, className, parent=None, name=""):
        import ctk
        import slicer

        for module in (ctk, slicer):
            if className in vars(module):
                widget = vars(module)[className](parent)
                break
        else:
            widget = __getattr__(className)(parent)
        widget.setObjectName(name)
        _alive.append(widget)
        return widget

    def createLayout(self, className, parent=None, name=""):
        layout = __getattr__(className)(parent) if isinstance(parent, QtWidgets.QWidget) else __getattr__(className)()
        layout.setObjectName(name)
        _alive.append(layout)
        return layout


_alive: list = []


def __getattr__(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    if name in _made:
        return _made[name]
    for module in _MODULES:
        if hasattr(module, name):
            base = getattr(module, name)
            made = (
                generate(base, name)
                if isinstance(base, type) and issubclass(base, QtCore.QObject) and name != "QObject"
                else base
            )
            _made[name] = made
            return made
    raise AttributeError(f"qt has no {name}")
