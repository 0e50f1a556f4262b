"""No row of the panel is squashed, at no width and on no visit of the module; on real Qt, outside Slicer only."""

import unittest

from panelTestCase import PanelTestCase

try:
    from module_panel import ModulePanel
except ImportError:  # in Slicer, whose own module panel is looked at by a person
    ModulePanel = None

SECTIONS = ("input", "options", "advanced", "face", "preview", "output", "result", "scene")


@unittest.skipIf(ModulePanel is None, "needs the stand-in for Slicer's module panel")
class HeightTest(PanelTestCase):
    """The panel in the scroll area of Slicer's modules."""

    def setUp(self):
        super().setUp()
        self.module = ModulePanel(self.uiWidget, 490)
        self.addCleanup(self.module.close)

    def openAll(self):
        for name in SECTIONS:
            button = getattr(self.ui, name + "CollapsibleButton", None)
            if button is not None:
                button.collapsed = False
        self.module.settle()

    def growTexts(self):
        self.panel.options._presetChosen(5)
        self.ui.keepSafePrivateCheckBox.click()
        self.ui.inputSummaryLabel.text = "A text that needs several lines at every width of the panel. " * 6
        self.ui.sceneResultLabel.text = "<ul>" + "<li>A change of a node in the scene, in words.</li>" * 8 + "</ul>"
        self.ui.sceneResultLabel.visible = True
        self.ui.faceVerdictLabel.text = "<b>Face found.</b> " + "It fits well. " * 30
        self.ui.faceVerdictLabel.visible = True
        self.module.settle()

    def test_no_row_is_squashed_on_any_visit_at_any_width(self):
        for visit in (1, 2, 3):
            self.openAll()
            for width in (400, 490, 700):
                with self.subTest(visit=visit, width=width):
                    self.module.resize(width)
                    self.growTexts()
                    self.assertEqual(self.module.squashed(), [])
                    self.assertLessEqual(self.uiWidget.width, width)
            self.module.leave()
            self.ui.sceneResultLabel.visible = self.ui.faceVerdictLabel.visible = False
            self.ui.inputSummaryLabel.text = ""
            self.module.enter()

    def test_the_panel_gives_height_back_when_sections_are_closed(self):
        self.openAll()
        self.growTexts()
        tall = self.uiWidget.height
        for name in SECTIONS:
            button = getattr(self.ui, name + "CollapsibleButton", None)
            if button is not None:
                button.collapsed = True
        self.module.settle()
        self.assertLess(self.uiWidget.height, tall / 2)


if __name__ == "__main__":
    unittest.main()
