"""Path fields of the panel."""

import qt

from .Translation import tr as _


def onEdited(pathLineEdit, slot):
    """Call a slot whenever the text of a ctkPathLineEdit changes, also when it is emptied.

    Its own signal ``currentPathChanged`` tells of valid paths only, and an empty text is not one.
    """
    pathLineEdit.comboBox().connect("editTextChanged(QString)", slot)


def browseWith(pathLineEdit, choose):
    """Put a button of ours in the place of the field's own one, whose dialog leaves the folder in Qt's settings.

    Parameters
    ----------
    pathLineEdit : ctkPathLineEdit
    choose : callable
        Shows a dialog and returns a path, or an empty text.

    Returns
    -------
    QToolButton
        The button.
    """
    pathLineEdit.showBrowseButton = False
    button = qt.QToolButton(pathLineEdit)
    button.text = "…"
    button.toolTip = _("Open a dialog")
    pathLineEdit.layout().addWidget(button)

    def browse():
        path = choose()
        if path:
            pathLineEdit.currentPath = path

    button.connect("clicked(bool)", browse)
    return button
