"""Gives the panel the height that its texts need.

Slicer's module panel keeps a layout item from the first visit of a module; Qt never tells it of later changes, so from
the second visit on a text that grows would squash the rows of the panel. A minimum height is asked for anew each time.
"""

import qt


class PanelHeight(qt.QObject):
    """Event filter that keeps the minimum height of a widget at what its layout needs for the present width.

    Parameters
    ----------
    widget : QWidget
        The root of the panel, with a layout.
    """

    def __init__(self, widget):
        qt.QObject.__init__(self, widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        """Look at the height after each change of layout or width; leave the event to the widget."""
        if event.type() in (qt.QEvent.LayoutRequest, qt.QEvent.Resize):
            height = max(0, watched.layout().totalHeightForWidth(watched.width))  # -1: nothing in it depends on width
            if height != watched.minimumHeight:
                watched.minimumHeight = height
        return False
