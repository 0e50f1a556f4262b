"""Options: presets, the six first choices, Advanced, project key, and what it all means in plain words."""

import html
import os
import pathlib

import vtk

from .OptionsParameterNode import (
    CHECKED_OPTIONS,
    optionsFromParameterNode,
    optionsToParameterNode,
    parameterValues,
    setParameterValues,
)
from .PathEdits import browseWith, onEdited
from .Presets import matchingPreset, presetOptions, presets
from .Translation import tr as _


class OptionsSection:
    """Keeps presets and consequences in step with the parameter node."""

    def __init__(self, panel):
        self._panel, self._ui = panel, panel.ui
        self._observer = None
        self._kept = None
        self._lastPreset = 0
        self._markUnsupported()
        self.problem = ""
        self._siteRulesFailed = False
        self._siteRules = None  # never in the scene: a rule may set a value
        self._ui.presetComboBox.addItems([text for text, _changes in presets()] + [_("Own choice")])
        self._ui.presetComboBox.connect("activated(int)", self._presetChosen)
        self._ui.newKeyButton.connect("clicked(bool)", self._newKey)
        self._ui.loadOptionsButton.connect("clicked(bool)", self._load)
        self._ui.saveOptionsButton.connect("clicked(bool)", self._save)
        onEdited(self._ui.keyFilePathLineEdit, self._keyChanged)
        onEdited(self._ui.siteRulesPathLineEdit, self._siteRulesChanged)
        ask = self._panel.dialogs.chooseFileToOpen
        self.browseKeyButton = browseWith(
            self._ui.keyFilePathLineEdit,
            lambda: ask(_("Project key"), _("Key") + " (*.key);;" + _("All files") + " (*)"),
        )
        self.browseRulesButton = browseWith(
            self._ui.siteRulesPathLineEdit, lambda: ask(_("Site rules"), _("Site rules") + " (*.json *.csv)")
        )

    @property
    def options(self):
        """The options that the panel shows."""
        options = optionsFromParameterNode(self._panel.parameterNode)
        return options if self._siteRules is None else options.with_changes(site_rules=self._siteRules)

    def watch(self, parameterNode):
        """Follow a parameter node; the one of a new scene gets the options of the scene before."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            setParameterValues(parameterNode, kept)
        self._observer = parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_arguments: self._changed())
        self._changed()

    def keepForNextScene(self, parameterNode):
        """Keep the options of a scene that is about to be closed; inputs stay on the panel, so options do, too."""
        self._kept = parameterValues(parameterNode)

    def signature(self):
        """Return what tells one choice of options, key and site rules from another."""
        values = tuple(parameterValues(self._panel.parameterNode).items())
        return values, self.keyFile(), self._ui.siteRulesPathLineEdit.currentPath, id(self._siteRules)

    def release(self, parameterNode):
        """Let go of a parameter node."""
        parameterNode.RemoveObserver(self._observer)

    def keyFile(self):
        """Return the path of the project key, or an empty text."""
        return self._ui.keyFilePathLineEdit.currentPath

    def _changed(self):
        if self._panel.parameterNode is None or self._siteRulesFailed:
            return
        options = self._options()
        if options is not None:
            index = matchingPreset(options)
            self._showPreset(index)
            lines = self._panel.logic.consequences(options) + namesInSlicer(options) + self._siteRulesInForce()
            self._ui.consequencesLabel.text = bulletList(lines)
        self._panel.update()

    def _showPreset(self, index):
        """Show the preset that fits, else the last one that did, as changed."""
        combo = self._ui.presetComboBox
        if index >= 0:
            self._lastPreset = index
        else:
            combo.setItemText(len(presets()), _("Changed: {preset}").format(preset=presets()[self._lastPreset][0]))
        combo.currentIndex = index if index >= 0 else len(presets())

    def _siteRulesInForce(self):
        """Return a line if there are site rules: those of an options file are seen nowhere else."""
        if self._siteRules is None:
            return []
        number = len(self._siteRules.rules) + len(self._siteRules.private)
        if self._ui.siteRulesPathLineEdit.currentPath:
            return [_("Site rules in force: {number}.").format(number=number)]
        return [_("Site rules of the options file in force: {number}. A preset drops them.").format(number=number)]

    def _siteRulesChanged(self):
        from DeidentifyLib.site_rules import SiteRules

        path = self._ui.siteRulesPathLineEdit.currentPath
        self._siteRules, self._siteRulesFailed = None, False
        try:
            self._siteRules = SiteRules.from_file(pathlib.Path(path)) if path else None
        except (OSError, ValueError) as error:
            self._siteRulesFailed = True
            self.problem = _("The site rules cannot be used: {error}").format(error=error)
            self._ui.consequencesLabel.text = html.escape(self.problem)
            self._panel.update()
        self._changed()

    def _options(self):
        from DeidentifyLib.options import OptionsError

        try:
            options = self.options
        except OptionsError as error:
            self.problem = str(error)
            self._ui.consequencesLabel.text = html.escape(self.problem)
            return None
        missing = unsupported(options)
        text = _("Not available in this version: {names}.")
        self.problem = text.format(names=", ".join(missing)) if missing else ""
        return options

    def _markUnsupported(self):
        """Say at each option that the library refuses that it is not in this version."""
        if self._panel.requirement:
            return  # an older Slicer cannot import the library
        from DeidentifyLib.profile import unsupported_options

        for name, option in CHECKED_OPTIONS.items():
            box = getattr(self._ui, name + "CheckBox")
            if option in unsupported_options():
                box.text = _("{option} (not in this version)").format(option=box.text)

    def _presetChosen(self, index):
        if index < len(presets()):
            if not self._ui.siteRulesPathLineEdit.currentPath:
                self._siteRules = None
            pattern = self._panel.parameterNode.namePattern
            optionsToParameterNode(presetOptions(index).with_changes(name_pattern=pattern), self._panel.parameterNode)
            self._changed()

    def _newKey(self):
        path = self._panel.dialogs.chooseFileToSave(_("New project key"), _("Key") + " (*.key)")
        if not path:
            return
        try:
            self._panel.logic.newKey(path)
        except (OSError, ValueError) as error:
            self._ui.keyFingerprintLabel.text = _("The key could not be made: {error}").format(
                error=getattr(error, "strerror", None) or error
            )
            return
        self._ui.keyFilePathLineEdit.currentPath = path

    def _keyChanged(self):
        path = self.keyFile()
        text = ""
        if path and not os.path.isfile(path):
            text = _("This file does not exist.")
        elif path:
            try:
                fingerprint = self._panel.logic.fingerprint(path)
                text = _("Fingerprint of the key: {fingerprint}").format(fingerprint=fingerprint)
            except (OSError, ValueError) as error:
                text = _("This is not a project key: {error}").format(error=error)
        self._ui.keyFingerprintLabel.text = text

    def _load(self):
        from DeidentifyLib.options import Options, OptionsError

        path = self._panel.dialogs.chooseFileToOpen(_("Options file"), "JSON (*.json)")
        if not path:
            return
        try:
            options = Options.from_file(path)
            self._ui.siteRulesPathLineEdit.currentPath = ""  # the options file brings its own rules, or none
            self._siteRules = options.site_rules or None
            optionsToParameterNode(options, self._panel.parameterNode)
            self._changed()
        except OptionsError as error:
            self._ui.consequencesLabel.text = html.escape(_("Options not read: {error}").format(error=error))

    def _save(self):
        path = self._panel.dialogs.chooseFileToSave(_("Options file"), "JSON (*.json)")
        options = self._options()
        if not path or options is None:
            return
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(options.to_json() + "\n")
        except OSError as error:
            failed = _("Options not saved: {error}").format(error=error.strerror)
            self._ui.consequencesLabel.text = html.escape(failed)


def unsupported(options):
    """Return the chosen options that the library cannot carry out yet, in words."""
    from DeidentifyLib.profile import unsupported_options

    return sorted(name.replace("_", " ") for name in unsupported_options() if getattr(options, name))


def namesInSlicer(options):
    """Return a line on how the result will be called when it is loaded in Slicer."""
    if options.clean_descriptors:
        return []
    return [
        _(
            "Series lose their descriptions: Slicer lists them without a name. Check Keep descriptions, cleaned, to "
            "keep what is known to be safe."
        )
    ]


def bulletList(lines, escaped=False):
    """Return lines as a rich text list with a small indent; `escaped` lines are rich text already."""
    lines = lines if escaped else [html.escape(line) for line in lines]
    return '<ul style="margin-left: -24px">' + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
