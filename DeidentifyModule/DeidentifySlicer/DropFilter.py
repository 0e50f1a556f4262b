"""Drag and drop of folders and files onto a widget."""

import qt


class DropFilter(qt.QObject):
    """Event filter that takes local files and hands their paths on."""

    def __init__(self, widget, onDropped):
        qt.QObject.__init__(self, widget)
        self._onDropped = onDropped
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        """Accept what brings files; leave all other events to the widget."""
        kind = event.type()
        if kind in (qt.QEvent.DragEnter, qt.QEvent.DragMove):
            if localPaths(event.mimeData()):
                event.acceptProposedAction()
                return True
        elif kind == qt.QEvent.Drop:
            paths = localPaths(event.mimeData())
            if paths:
                event.acceptProposedAction()
                qt.QTimer.singleShot(0, lambda: self._onDropped(paths))
                return True
        return False


def localPaths(mimeData):
    """Return the local paths that a drag brings."""
    return [url.toLocalFile() for url in mimeData.urls() if url.toLocalFile()]
