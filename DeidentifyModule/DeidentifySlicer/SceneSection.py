"""Clean the loaded scene: ask, clean, say what was changed."""

from .OptionsSection import bulletList
from .Translation import tr as _


class SceneSection:
    """The button that removes identity from the scene."""

    def __init__(self, panel):
        self._panel, self._ui = panel, panel.ui
        self._ui.cleanSceneButton.connect("clicked(bool)", self._clean)

    def reset(self):
        """Hide the result of an earlier cleaning."""
        self._ui.sceneResultLabel.visible = False

    def _clean(self):
        if not self._panel.dialogs.confirm(
            _("All nodes of the scene get new names and lose what identifies the patient. This cannot be undone.")
        ):
            return
        try:
            changes = self._panel.logic.cleanScene(keyFile=self._panel.options.keyFile() or None)
        except (OSError, ValueError) as error:
            text = _("The scene was not cleaned: {error}").format(error=error)
        else:
            self._panel.face.sceneCleaned()
            text = bulletList(changes)
        self._ui.sceneResultLabel.text = text
        self._ui.sceneResultLabel.visible = True
