"""Stand-in for ``slicer.parameterNodeWrapper`` on real MRML nodes, for bool, str, int and Enum parameters.

It refuses what Slicer refuses: a ``SlicerParameterName`` that is no parameter, a widget of a type that cannot be
bound, a value of a wrong type. Where Slicer raises, this raises.
"""

import enum
import typing

import qt
import slicer
import vtk


def _encode(value):
    if isinstance(value, enum.Enum):
        return value.name
    return str(value)


def _decode(text, kind):
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind[text]
    if kind is bool:
        return text == "True"
    return kind(text)


def _parameter(name, kind, default):
    def read(self):
        text = self.parameterNode.GetParameter(name)
        if text == "" and name not in self.parameterNode.GetParameterNames():
            return default
        return _decode(text, kind)

    def write(self, value):
        if not isinstance(value, kind):
            raise ValueError(f"parameter {name} must be {kind.__name__}, not {type(value).__name__}")
        self.parameterNode.SetParameter(name, _encode(value))

    return property(read, write)


class _Binding:
    def __init__(self, widget, kind):
        self.widget, self.kind = widget, kind
        label = getattr(kind, "label", lambda member: member.name)
        if kind is bool and type(widget) == qt.QCheckBox:  # noqa: E721 - exact type, as in Slicer
            self.read, self.write, self.signal = lambda: widget.checked, self._writeChecked, widget.stateChanged
        elif kind is str and type(widget) == qt.QLineEdit:  # noqa: E721
            self.read, self.write, self.signal = lambda: widget.text, self._writeText, widget.textChanged
        elif isinstance(kind, type) and issubclass(kind, enum.Enum) and type(widget) == qt.QComboBox:  # noqa: E721
            self.members = list(kind)
            widget.clear()
            widget.addItems([label(member) for member in self.members])
            self.read = lambda: self.members[widget.currentIndex]
            self.write, self.signal = self._writeMember, widget.currentIndexChanged
        else:
            raise RuntimeError(f"Unable to create GUI connector from datatype {kind} to widget type {type(widget)}")

    def _writeChecked(self, value):
        self.widget.checked = value

    def _writeText(self, value):
        if self.widget.text != value:
            self.widget.text = value

    def _writeMember(self, value):
        self.widget.currentIndex = self.members.index(value)


def _initialize(self, parameterNode, prefix=None):
    self.parameterNode = parameterNode
    self._guis, self._updating = {}, False
    for name, (_kind, default) in self.allParameters.items():
        if name not in parameterNode.GetParameterNames():
            parameterNode.SetParameter(name, _encode(default))


def _connectGui(self, gui):
    bindings = {}
    for widget in gui.findChildren(qt.QWidget):
        name = widget.property("SlicerParameterName")
        if name:
            if name not in self.allParameters:
                raise ValueError(f"Cannot find a param with the given name: {name}")
            bindings[name] = _Binding(widget, self.allParameters[name][0])
    for name, binding in bindings.items():
        binding.write(getattr(self, name))
        binding.slot = _writer(self, name, binding)
        binding.signal.connect(binding.slot)
    tag = len(self._guis)
    observer = self.parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: _showAll(self, bindings))
    self._guis[tag] = (bindings, observer)
    return tag


def _writer(self, name, binding):
    def slot(*_):
        if not self._updating:
            setattr(self, name, binding.read())

    return slot


def _showAll(self, bindings):
    if self._updating:
        return
    self._updating = True
    try:
        for name, binding in bindings.items():
            binding.write(getattr(self, name))
    finally:
        self._updating = False


def _disconnectGui(self, tag):
    bindings, observer = self._guis.pop(tag)
    self.parameterNode.RemoveObserver(observer)
    for binding in bindings.values():
        binding.signal.disconnect(binding.slot)


def parameterNodeWrapper(cls):
    """Make a class of typed fields a typed view on a parameter node."""
    cls.allParameters = {}
    for name, kind in typing.get_type_hints(cls).items():
        if kind not in (bool, str, int) and not (isinstance(kind, type) and issubclass(kind, enum.Enum)):
            raise TypeError(f"the stand-in knows no parameter of type {kind}")
        default = getattr(cls, name, next(iter(kind)) if isinstance(kind, enum.EnumMeta) else kind())
        cls.allParameters[name] = (kind, default)
        setattr(cls, name, _parameter(name, kind, default))
    cls.__init__ = _initialize
    cls.connectGui, cls.disconnectGui = _connectGui, _disconnectGui
    cls.AddObserver = lambda self, event, callback, priority=0.0: self.parameterNode.AddObserver(event, callback)
    cls.RemoveObserver = lambda self, tag: self.parameterNode.RemoveObserver(tag)
    cls.StartModify = lambda self: self.parameterNode.StartModify()
    cls.EndModify = lambda self, wasModified: self.parameterNode.EndModify(wasModified)
    cls.Modified = lambda self: self.parameterNode.Modified()
    return cls


__all__ = ["parameterNodeWrapper"]
_ = slicer
