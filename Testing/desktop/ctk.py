"""Stand-ins for the few CTK widgets of the panel, with the property and signal names of CTK's headers."""

from __future__ import annotations

import qt
from PySide6 import QtCore, QtWidgets


class ctkCollapsibleButton(QtWidgets.QWidget):
    contentsCollapsed = QtCore.Signal(bool)
    toggled = QtCore.Signal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._state = {"text": "", "collapsed": False}
        self._hidden = set()
        self._header = QtWidgets.QToolButton(self)
        self._header.setToolButtonStyle(QtCore.Qt.ToolButtonTextBesideIcon)
        self._header.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        self._header.setArrowType(QtCore.Qt.DownArrow)
        self._header.clicked.connect(lambda: self._setCollapsed(not self._state["collapsed"]))
        self.setContentsMargins(0, self._header.sizeHint().height() + 2, 0, 0)

    def resizeEvent(self, event):
        self._header.setGeometry(0, 0, event.size().width(), self._header.sizeHint().height())
        super().resizeEvent(event)

    def _getText(self):
        return self._state["text"]

    def _setText(self, text):
        self._state["text"] = text
        self._header.setText(text)

    def _getCollapsed(self):
        return self._state["collapsed"]

    def _setCollapsed(self, collapsed):
        self._state["collapsed"] = bool(collapsed)
        self._header.setArrowType(QtCore.Qt.RightArrow if collapsed else QtCore.Qt.DownArrow)
        if collapsed:
            self._hidden |= {child for child in self.children() if self._isContent(child) and not child.isHidden()}
        for child in self._hidden:  # what was hidden before stays hidden when the section is opened
            child.setVisible(not collapsed)
        if not collapsed:
            self._hidden = set()
        self.setMaximumHeight(self._header.sizeHint().height() + 4 if collapsed else 16777215)
        self.contentsCollapsed.emit(bool(collapsed))

    def _isContent(self, child):
        return isinstance(child, QtWidgets.QWidget) and child is not self._header

    def childEvent(self, event):
        if self._state["collapsed"] and event.type() == QtCore.QEvent.ChildPolished and event.child().isWidgetType():
            if self._isContent(event.child()) and not event.child().isHidden():
                self._hidden.add(event.child())
                event.child().setVisible(False)
        super().childEvent(event)

    text = QtCore.Property(str, _getText, _setText)
    collapsed = QtCore.Property(bool, _getCollapsed, _setCollapsed)


ctkCollapsibleButton = qt.generate(ctkCollapsibleButton, "ctkCollapsibleButton")


class ctkPathLineEdit(QtWidgets.QWidget):
    """As silent as CTK's: an empty text is no valid input, and ``currentPathChanged`` only tells of valid input."""

    Dirs, Files, Writable = 0x001, 0x002, 0x040
    currentPathChanged = QtCore.Signal(str)
    validInputChanged = QtCore.Signal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._state = {"filters": 0, "settingKey": "", "nameFilters": [], "label": "", "valid": False}
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._combo = qt.QComboBox(self)
        self._combo.setEditable(True)
        self._combo.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        self._edit = self._combo.lineEdit()
        self._edit.textChanged.connect(self._textChanged)
        self._browse = QtWidgets.QToolButton(self)
        self._browse.setText("...")
        self._browse.clicked.connect(self.browse)
        layout.addWidget(self._combo, 1)
        layout.addWidget(self._browse)
        self.setFocusProxy(self._combo)

    def _textChanged(self, text):
        before, self._state["valid"] = self._state["valid"], bool(text)
        if text:
            self.currentPathChanged.emit(text)
        if before != bool(text):
            self.validInputChanged.emit(bool(text))

    def comboBox(self):
        return self._combo

    def _getPath(self):
        return self._edit.text()

    def _setPath(self, path):
        self._edit.setText(path)

    def browse(self):
        raise AssertionError("this dialog leaves the folder in Qt's settings: folders are called like patients")

    def addCurrentPathToHistory(self):
        raise AssertionError("paths must not be remembered in the settings: they name patients")

    currentPath = QtCore.Property(str, _getPath, _setPath, notify=currentPathChanged)
    nameFilters = QtCore.Property(
        "QStringList", lambda self: self._state["nameFilters"], lambda self, v: self._state.update(nameFilters=v)
    )
    showBrowseButton = QtCore.Property(
        bool, lambda self: not self._browse.isHidden(), lambda self, shown: self._browse.setVisible(shown)
    )
    filters = QtCore.Property(int, lambda self: self._state["filters"], lambda self, v: self._state.update(filters=v))


ctkPathLineEdit = qt.generate(ctkPathLineEdit, "ctkPathLineEdit")


class ctkDICOMModel:
    """The levels that ctkDICOMBrowser.selectedItems takes."""

    RootType, PatientType, StudyType, SeriesType, ImageType = range(5)
