"""Options of the panel: six first, presets, consequences, key, files of options; what the scene keeps of them."""

import json
import os
import tempfile
import unittest

import slicer
from panelTestCase import PanelTestCase


class OptionsTest(PanelTestCase):
    """The controls and the Options they stand for."""

    def options(self):
        return self.panel.options.options

    def test_the_default_is_the_default_of_the_library(self):
        from DeidentifyLib.options import Options

        self.assertEqual(self.options(), Options())

    def test_every_option_of_the_library_has_a_control(self):
        import qt
        from DeidentifyLib.options import Options
        from DeidentifySlicer.OptionsParameterNode import CHECKED_OPTIONS

        names = {child.property("SlicerParameterName") for child in self.uiWidget.findChildren(qt.QWidget)}
        wanted = set(CHECKED_OPTIONS) | {"idName", "dates", "namePattern"}
        self.assertEqual({name for name in names if name}, wanted)
        others = {"keep_id_name", "dates", "name_pattern", "site_rules"}
        self.assertEqual(set(CHECKED_OPTIONS.values()) | others, set(Options().to_dict()))

    def test_each_check_box_changes_its_option_only(self):
        from DeidentifySlicer.OptionsParameterNode import CHECKED_OPTIONS

        for name, option in CHECKED_OPTIONS.items():
            before = self.options()
            getattr(self.ui, name + "CheckBox").click()
            self.assertEqual(self.options(), before.with_changes(**{option: not getattr(before, option)}))

    def test_id_name_and_dates_are_lists_of_choices(self):
        self.ui.idNameComboBox.currentIndex = 1
        self.ui.datesComboBox.currentIndex = 2
        self.assertTrue(self.options().keep_id_name)
        self.assertEqual(self.options().dates.value, "remove")

    def test_the_consequences_follow_each_change(self):
        self.assertIn("SUV cannot be computed", self.ui.consequencesLabel.text)
        self.ui.keepSubjectCharacteristicsCheckBox.click()
        self.assertIn("SUV can be computed", self.ui.consequencesLabel.text)
        self.ui.idNameComboBox.currentIndex = 1
        self.assertIn("not the Basic Profile", self.ui.consequencesLabel.text)

    def test_the_consequences_are_the_words_of_the_library(self):
        from DeidentifyLib.profile import consequences

        for line in consequences(self.options()):
            self.assertIn(line, self.ui.consequencesLabel.text)

    def test_each_preset_sets_its_options(self):
        from DeidentifySlicer.Presets import presetOptions, presets

        for index in range(len(presets())):
            self.ui.presetComboBox.currentIndex = index
            self.panel.options._presetChosen(index)
            self.assertEqual(self.options(), presetOptions(index))

    def test_every_preset_can_run(self):
        from DeidentifyLib.profile import unsupported_options
        from DeidentifySlicer.Presets import presetOptions, presets

        self.addInput()
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        for index in range(len(presets())):
            self.panel.options._presetChosen(index)
            self.assertTrue(self.ui.runButton.enabled, self.ui.runStatusLabel.text)
            for name in unsupported_options():
                self.assertFalse(getattr(presetOptions(index), name))

    def test_an_option_that_this_version_lacks_says_so_and_the_reason_stands_beside_the_button(self):
        from DeidentifyLib.profile import unsupported_options

        if "clean_pixel_data" not in unsupported_options():
            self.skipTest("every option is supported")
        self.assertIn("(not in this version)", self.ui.cleanPixelDataCheckBox.text)
        self.assertNotIn("(not in this version)", self.ui.cleanGraphicsCheckBox.text)
        self.addInput()
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.ui.cleanPixelDataCheckBox.click()
        self.assertIn("Not available in this version: clean pixel data", self.ui.runStatusLabel.text)

    def test_a_changed_preset_keeps_its_name(self):
        self.panel.options._presetChosen(2)
        self.ui.mappingFileCheckBox.click()
        self.assertEqual(self.ui.presetComboBox.currentText, "Changed: PET / CT quantification (SUV)")
        self.ui.mappingFileCheckBox.click()
        self.assertEqual(self.ui.presetComboBox.currentText, "PET / CT quantification (SUV)")

    def test_without_descriptions_the_panel_says_that_series_have_no_name_in_slicer(self):
        self.assertIn("Slicer lists them without a name", self.ui.consequencesLabel.text)
        self.ui.cleanDescriptorsCheckBox.click()
        self.assertNotIn("Slicer lists them without a name", self.ui.consequencesLabel.text)

    def test_a_change_by_hand_shows_own_choice_and_the_way_back_the_preset(self):
        self.ui.keepSubjectCharacteristicsCheckBox.click()
        self.assertEqual(self.ui.presetComboBox.currentText, "Changed: Basic Profile, dates shifted")
        self.ui.keepSubjectCharacteristicsCheckBox.click()
        self.assertEqual(self.ui.presetComboBox.currentIndex, 0)

    def test_options_are_saved_and_loaded_as_the_command_line_takes_them(self):
        from DeidentifyLib.options import Options

        path = os.path.join(self.folder, "site.json")
        self.ui.defaceCheckBox.click()
        self.answers.savePathName = self.answers.openPathName = path
        self.ui.saveOptionsButton.click()
        self.assertTrue(Options.from_file(path).deface)
        self.ui.defaceCheckBox.click()
        self.ui.loadOptionsButton.click()
        self.assertTrue(self.ui.defaceCheckBox.checked)

    def test_a_broken_options_file_gives_a_message(self):
        path = os.path.join(self.folder, "site.json")
        with open(path, "w") as file:
            json.dump({"keep_everything": True}, file)
        self.answers.openPathName = path
        self.ui.loadOptionsButton.click()
        self.assertIn("unknown option keep_everything", self.ui.consequencesLabel.text)

    def test_site_rules_are_read_and_reach_the_options_but_not_the_scene(self):
        path = os.path.join(self.folder, "rules.json")
        rule = {"tag": "00080080", "action": "set", "value": "Trial Center 7"}
        with open(path, "w") as file:
            json.dump({"rules": [rule]}, file)
        self.ui.siteRulesPathLineEdit.currentPath = path
        self.assertIn("Trial Center 7", json.dumps(self.options().to_dict()), self.panel.options.problem)
        self.assertEqual(self.ui.presetComboBox.currentIndex, 0)
        node = self.panel.parameterNode.parameterNode
        self.assertNotIn("Trial", " ".join(node.GetParameter(name) for name in node.GetParameterNames()))
        self.ui.siteRulesPathLineEdit.currentPath = ""
        self.assertNotIn("Trial", json.dumps(self.options().to_dict()))

    def writeRules(self, name="rules.json"):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            json.dump({"rules": [{"tag": "00080080", "action": "set", "value": "Trial Center 7"}]}, file)
        return path

    def test_site_rules_are_dropped_when_their_field_is_emptied_also_after_a_path_that_does_not_exist(self):
        self.ui.siteRulesPathLineEdit.currentPath = self.writeRules()
        self.assertIn("Site rules in force: 1.", self.ui.consequencesLabel.text)
        self.ui.siteRulesPathLineEdit.currentPath = "/nowhere/rules.json"
        self.assertTrue(self.panel.options.problem)
        self.ui.siteRulesPathLineEdit.currentPath = ""
        self.assertFalse(self.options().site_rules)
        self.assertEqual(self.panel.options.problem, "")
        self.assertNotIn("Site rules", self.ui.consequencesLabel.text)

    def test_options_from_a_file_bring_their_own_site_rules_and_the_field_shows_no_others(self):
        path = os.path.join(self.folder, "site.json")
        self.answers.savePathName = self.answers.openPathName = path
        self.ui.saveOptionsButton.click()
        self.ui.siteRulesPathLineEdit.currentPath = self.writeRules()
        self.ui.loadOptionsButton.click()
        self.assertFalse(self.options().site_rules)
        self.assertEqual(self.ui.siteRulesPathLineEdit.currentPath, "")

    def test_site_rules_of_an_options_file_are_seen_and_a_preset_drops_them(self):
        path = os.path.join(self.folder, "site.json")
        self.answers.savePathName = self.answers.openPathName = path
        self.ui.siteRulesPathLineEdit.currentPath = self.writeRules()
        self.ui.saveOptionsButton.click()
        self.ui.siteRulesPathLineEdit.currentPath = ""
        self.ui.loadOptionsButton.click()
        self.assertTrue(self.options().site_rules)
        self.assertIn("Site rules of the options file in force: 1", self.ui.consequencesLabel.text)
        self.panel.options._presetChosen(0)
        self.assertFalse(self.options().site_rules)
        self.assertNotIn("Site rules", self.ui.consequencesLabel.text)

    def test_an_emptied_key_field_shows_no_fingerprint(self):
        self.answers.savePathName = os.path.join(self.folder, "project.key")
        self.ui.newKeyButton.click()
        self.ui.keyFilePathLineEdit.currentPath = ""
        self.assertEqual(self.ui.keyFingerprintLabel.text, "")

    def test_the_browse_buttons_of_key_and_rules_ask_by_the_dialogs_of_the_panel(self):
        self.answers.openPathName = self.writeRules()
        self.panel.options.browseRulesButton.click()
        self.assertEqual(self.ui.siteRulesPathLineEdit.currentPath, self.answers.openPathName)
        self.answers.openPathName = ""
        self.panel.options.browseRulesButton.click()
        self.assertTrue(self.options().site_rules)
        self.answers.openPathName = "/safe/project.key"
        self.panel.options.browseKeyButton.click()
        self.assertEqual(self.panel.options.keyFile(), "/safe/project.key")
        for name in ("output", "keyFile", "siteRules"):
            self.assertFalse(getattr(self.ui, name + "PathLineEdit").showBrowseButton, name)

    def test_site_rules_that_cannot_be_used_stop_the_run_and_say_why(self):
        path = os.path.join(self.folder, "rules.json")
        with open(path, "w") as file:
            file.write("not JSON")
        self.ui.siteRulesPathLineEdit.currentPath = path
        self.assertIn("The site rules cannot be used", self.ui.consequencesLabel.text)
        self.ui.defaceCheckBox.click()
        self.assertIn("The site rules cannot be used", self.panel.options.problem)

    def test_a_new_key_is_made_and_its_fingerprint_shown(self):
        self.answers.savePathName = os.path.join(self.folder, "project.key")
        self.ui.newKeyButton.click()
        self.assertEqual(self.panel.options.keyFile(), self.answers.savePathName)
        self.assertIn("Fingerprint", self.ui.keyFingerprintLabel.text)

    def test_a_file_that_is_no_key_gives_a_message(self):
        path = os.path.join(self.folder, "no.key")
        with open(path, "w") as file:
            file.write("hello")
        os.chmod(path, 0o600)
        self.ui.keyFilePathLineEdit.currentPath = path
        self.assertIn("This is not a project key", self.ui.keyFingerprintLabel.text)

    def test_a_new_scene_starts_with_the_default_options(self):
        self.ui.defaceCheckBox.click()
        self.panel.useParameterNode(None)
        slicer.mrmlScene.Clear(0)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.assertFalse(self.ui.defaceCheckBox.checked)


class SceneContentTest(PanelTestCase):
    """What a saved scene holds of the panel."""

    def test_a_saved_scene_holds_the_options_but_no_path_key_or_name(self):
        self.addInput()
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.answers.savePathName = os.path.join(self.folder, "secret.key")
        self.ui.newKeyButton.click()
        self.ui.defaceCheckBox.click()
        self.runToEnd()
        folder = tempfile.mkdtemp(dir=self.folder)
        path = os.path.join(folder, "scene.mrml")
        slicer.mrmlScene.SetURL(path)
        slicer.mrmlScene.Commit()
        slicer.mrmlScene.SetURL("")
        with open(path) as file:
            text = file.read()
        self.assertIn("keepSubjectCharacteristics", text)
        for secret in (self.folder, "secret.key", "Doe", "PID-1", "1.2.1.0"):
            self.assertNotIn(secret, text)

    def test_the_settings_hold_nothing_either(self):
        import qt

        self.addInput()
        self.runToEnd()
        values = " ".join(str(qt.QSettings().value(key)) for key in qt.QSettings().allKeys())
        self.assertNotIn(self.folder, values)


if __name__ == "__main__":
    unittest.main()
