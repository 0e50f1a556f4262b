"""Output: folder and file names."""

from .PathEdits import browseWith, onEdited
from .Translation import tr as _


class OutputSection:
    """The output folder."""

    def __init__(self, panel):
        self._panel, self._ui = panel, panel.ui
        onEdited(self._ui.outputPathLineEdit, self._panel.update)
        self.browseButton = browseWith(
            self._ui.outputPathLineEdit, lambda: self._panel.dialogs.chooseFolder(_("Output folder"))
        )

    def folder(self):
        """Return the chosen output folder."""
        return self._ui.outputPathLineEdit.currentPath
