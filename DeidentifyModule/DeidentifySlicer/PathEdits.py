"""Path fields of the panel."""


def onEdited(pathLineEdit, slot):
    """Call a slot whenever the text of a ctkPathLineEdit changes, also when it is emptied.

    Its own signal ``currentPathChanged`` tells of valid paths only, and an empty text is not one.
    """
    pathLineEdit.comboBox().connect("editTextChanged(QString)", slot)
