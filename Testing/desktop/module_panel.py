"""Stand-in for Slicer's module panel: a scroll area that keeps the layout item of a module's earlier visits.

As in Slicer (qSlicerModulePanel) a module that is left is taken out of the layout, its layout item is never deleted,
and a later visit makes a second one. Qt tells only the first item of a widget that the widget's size hints changed.
"""

from __future__ import annotations

import time

from PySide6 import QtCore, QtWidgets

Widget = QtWidgets.QWidget  # the stand-ins make properties of its methods


class ModulePanel:
    """Shows one widget as Slicer's module panel does.

    Parameters
    ----------
    uiWidget : QWidget
        What the module's ``setup`` adds to its layout.
    width : int
        Width of the panel in pixels.
    """

    def __init__(self, uiWidget, width):
        self.uiWidget = uiWidget
        self.area = QtWidgets.QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setVerticalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self._content = QtWidgets.QWidget()
        self._layout = QtWidgets.QVBoxLayout(self._content)
        self._layout.addStretch(1)
        self.area.setWidget(self._content)
        self._module = QtWidgets.QWidget()
        inner = QtWidgets.QVBoxLayout(self._module)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(uiWidget)
        self._kept = []
        self.area.resize(width, 800)
        self.enter()

    def enter(self):
        """Open the module."""
        self._layout.insertWidget(0, self._module)
        self._module.show()
        self.area.show()
        self.settle()

    def leave(self):
        """Open another module."""
        self._kept.append(self._layout.takeAt(0))
        self._module.hide()
        self.settle()

    def resize(self, width):
        """Make the panel wider or narrower."""
        self.area.resize(width, self.area.height())
        self.settle()

    def settle(self):
        """Let Qt lay out what changed."""
        for _turn in range(6):
            QtWidgets.QApplication.processEvents()
            time.sleep(0.002)

    def close(self):
        """Give the widget back and go away."""
        self.uiWidget.setParent(None)
        self.area.deleteLater()

    def picture(self):
        """Return an image of all that the panel shows."""
        return self._module.grab().toImage()

    def squashed(self):
        """Return (name, height, needed height) of every visible widget that has less height than it needs."""
        found = []
        for child in self.uiWidget.findChildren(QtWidgets.QWidget):
            height, needed = Widget.height(child), neededHeight(child)
            if Widget.isVisible(child) and height < needed:
                found.append((QtCore.QObject.objectName(child) or type(child).__name__, height, needed))
        return found


def neededHeight(widget):
    """Return the height below which a widget does not show all that it holds."""
    if isinstance(widget, QtWidgets.QLabel) and widget.hasHeightForWidth():
        return widget.heightForWidth(Widget.width(widget))
    if Widget.minimumHeight(widget):
        return Widget.minimumHeight(widget)
    inside = isinstance(widget.parent(), (QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox))  # its own line edit
    return widget.minimumSizeHint().height() if isinstance(widget, WITH_OWN_HEIGHT) and not inside else 0


WITH_OWN_HEIGHT = (
    QtWidgets.QAbstractButton,
    QtWidgets.QComboBox,
    QtWidgets.QLineEdit,
    QtWidgets.QAbstractSpinBox,
)
