"""The package that Slicer would make: every file listed, installable, importable; what the ExtensionsIndex checks."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

from DeidentifyLib.options import Options
from DeidentifyLib.profile.support import refused

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODULE = os.path.join(ROOT, "DeidentifyModule")
ALLOWED_AT_FILE_SCOPE = {"slicer", "qt", "ctk", "vtk", "numpy", "SimpleITK", "scipy"}


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as file:
        return file.read()


def filesIn(folder):
    for path, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.endswith(".egg-info")]
        for name in names:
            yield os.path.relpath(os.path.join(path, name), folder).replace(os.sep, "/")


def listed(variable):
    text = re.search(rf"set\({variable}\s(.*?)\)", read("DeidentifyModule", "CMakeLists.txt"), re.DOTALL).group(1)
    return sorted(text.split())


HOW_TO_LIST = "run: python Testing/cmake/listModuleFiles.py"


def field(name):
    found = re.search(rf'^set\({name} "([^"]*)"\)', read("CMakeLists.txt"), re.MULTILINE)
    return found.group(1) if found else None


class ListTest(unittest.TestCase):
    """CMakeLists.txt against the tree."""

    def test_every_script_is_listed_and_nothing_else(self):
        found = [f for f in filesIn(MODULE) if f.endswith(".py")]
        self.assertEqual(listed("MODULE_PYTHON_SCRIPTS"), sorted(found), HOW_TO_LIST)

    def test_every_resource_is_listed_and_nothing_else(self):
        found = [f for f in filesIn(MODULE) if not f.endswith((".py", ".pyc")) and f != "CMakeLists.txt"]
        self.assertEqual(listed("MODULE_PYTHON_RESOURCES"), sorted(found), HOW_TO_LIST)

    def test_only_the_module_itself_lies_directly_in_the_module_folder(self):
        self.assertEqual([f for f in filesIn(MODULE) if f.endswith(".py") and "/" not in f], ["Deidentify.py"])

    def test_every_test_file_is_registered_for_slicer(self):
        registered = set(re.findall(r"test_\w+\.py", read("Testing", "CMakeLists.txt")))
        there = {f for f in os.listdir(os.path.join(ROOT, "Testing", "slicer_module")) if f.startswith("test_")}
        outside = {"test_packaging.py", "test_stand_ins.py", "test_dialogs.py"}  # run outside Slicer only
        self.assertEqual(registered, there - outside)


class IndexTest(unittest.TestCase):
    """What the ExtensionsIndex checks by itself."""

    def test_the_project_is_called_as_the_extension_and_does_not_begin_with_slicer(self):
        self.assertRegex(read("CMakeLists.txt"), r"(?m)^project\(Deidentify\)")

    def test_each_metadata_field_is_one_quoted_string(self):
        for name in ("HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS"):
            self.assertTrue(field("EXTENSION_" + name), name)

    def test_the_description_claims_no_option_that_is_refused(self):
        claims = {"clean_pixel_data": r"burned|text|pixel", "deface": r"face"}
        for name, words in claims.items():
            if refused(Options().with_changes(**{name: True})):
                self.assertNotRegex(field("EXTENSION_DESCRIPTION").lower(), words, name)

    def test_icon_and_screenshots_are_png_files_of_this_repository(self):
        for url in [field("EXTENSION_ICONURL"), *field("EXTENSION_SCREENSHOTURLS").split()]:
            path = url.split("/main/")[1]
            with open(os.path.join(ROOT, path), "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n", path)

    def test_the_extension_icon_has_128_by_128_points(self):
        with open(os.path.join(ROOT, "Resources", "Deidentify.png"), "rb") as file:
            head = file.read(24)
        self.assertEqual((head[16:20], head[20:24]), ((128).to_bytes(4, "big"), (128).to_bytes(4, "big")))

    def test_no_dependency_and_no_requirements_file(self):
        self.assertEqual(field("EXTENSION_DEPENDS"), "NA")
        self.assertFalse([f for f in filesIn(MODULE) if f.endswith("requirements.txt")])

    def test_the_repository_is_small_and_has_no_stray_files(self):
        git = shutil.which("git")
        if git is None or not os.path.exists(os.path.join(ROOT, ".git")):
            self.skipTest("needs a git checkout")
        names = subprocess.run(
            [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.split("\0")[:-1]
        existing = [name for name in names if os.path.isfile(os.path.join(ROOT, name))]
        self.assertLess(sum(os.path.getsize(os.path.join(ROOT, name)) for name in existing), 100e6)
        for name in existing:
            self.assertFalse(name.endswith((".s4ext", ".DS_Store", ".pyc")), name)

    def test_line_ends_are_unix(self):
        for name in ("CMakeLists.txt", "DeidentifyModule/CMakeLists.txt", "Testing/CMakeLists.txt"):
            with open(os.path.join(ROOT, name), "rb") as file:
                self.assertNotIn(b"\r", file.read())


class CodeTest(unittest.TestCase):
    """What the reviewers of the index ask, and what Slicer needs."""

    def slicerSide(self):
        for name in filesIn(MODULE):
            if name == "Deidentify.py" or (name.startswith("DeidentifySlicer/") and name.endswith(".py")):
                yield name, ast.parse(read("DeidentifyModule", name))

    def test_no_heavy_package_is_imported_at_file_scope(self):
        allowed = ALLOWED_AT_FILE_SCOPE | set(sys.stdlib_module_names) | {"DeidentifySlicer"}
        for name, tree in self.slicerSide():
            for node in tree.body:
                modules = []
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    modules = [node.module]
                for module in modules:
                    self.assertIn(module.split(".")[0], allowed, f"{name} imports {module} at file scope")

    def test_nothing_downloads_installs_or_imports_imp(self):
        for name, tree in self.slicerSide():
            imported = {a.name for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom)) for a in n.names}
            self.assertFalse(imported & {"requests", "urllib", "imp", "pip"}, name)
            calls = {getattr(n.func, "attr", "") for n in ast.walk(tree) if isinstance(n, ast.Call)}
            self.assertFalse(calls & {"pip_install", "pip_ensure", "urlopen", "urlretrieve"}, name)

    def test_the_code_can_be_read_by_the_python_of_slicer_5_6(self):
        for name in filesIn(MODULE):
            if name == "Deidentify.py" or (name.startswith("DeidentifySlicer/") and name.endswith(".py")):
                ast.parse(read("DeidentifyModule", name), feature_version=(3, 9))

    def test_no_f_string_is_translated(self):
        for name, tree in self.slicerSide():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                    self.assertIsInstance(node.args[0], ast.Constant, f"{name}:{node.lineno}")

    def test_files_and_functions_are_short(self):
        for name, tree in self.slicerSide():
            self.assertLessEqual(len(read("DeidentifyModule", name).splitlines()), 400, name)
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    self.assertLessEqual(node.end_lineno - node.lineno, 75, f"{name}: {node.name}")


class UiTest(unittest.TestCase):
    """Deidentify.ui."""

    def widgets(self):
        tree = xml.etree.ElementTree.parse(os.path.join(MODULE, "Resources", "UI", "Deidentify.ui"))
        return tree.getroot().iter("widget")

    def property(self, widget, name):
        for item in widget.findall("property"):
            if item.get("name") == name:
                return "".join(item.itertext()).strip()
        return None

    def test_every_control_has_a_tool_tip_that_tells_more_than_its_text(self):
        controls = {"QPushButton", "QCheckBox", "QComboBox", "QLineEdit", "QSpinBox", "ctkPathLineEdit"}
        for widget in self.widgets():
            if widget.get("class") in controls:
                self.assertGreater(len(self.property(widget, "toolTip") or ""), 20, widget.get("name"))

    def test_every_list_and_bar_has_a_name_for_screen_readers(self):
        for widget in self.widgets():
            if widget.get("class") in ("QTreeWidget", "QTableWidget", "QProgressBar"):
                self.assertTrue(self.property(widget, "accessibleName"), widget.get("name"))

    def test_every_label_of_a_control_is_its_buddy(self):
        names = {widget.get("name") for widget in self.widgets()}
        for widget in self.widgets():
            text = self.property(widget, "text") or ""
            if widget.get("class") == "QLabel" and "&" in text:
                self.assertIn(self.property(widget, "buddy"), names, widget.get("name"))

    def test_no_two_controls_share_a_key(self):
        texts = [self.property(widget, "text") or "" for widget in self.widgets()]
        keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        self.assertEqual(sorted(keys), sorted(set(keys)))

    def test_annex_e_options_name_section_and_code_in_the_tool_tip(self):
        for widget in self.widgets():
            name = self.property(widget, "SlicerParameterName")
            if name and name not in ("mappingFile", "namePattern"):
                tip = self.property(widget, "toolTip")
                self.assertRegex(tip, r"PS3\.15 E\.[23]", name)
                self.assertRegex(tip, r"1131\d\d", name)

    def test_no_custom_styling_and_no_path_that_is_remembered(self):
        text = read("DeidentifyModule", "Resources", "UI", "Deidentify.ui")
        self.assertNotIn("styleSheet", text)
        self.assertNotIn("settingKey", text)

    def test_no_parameter_is_a_path_a_key_or_a_name(self):
        for widget in self.widgets():
            if self.property(widget, "SlicerParameterName"):
                self.assertNotEqual(widget.get("class"), "ctkPathLineEdit")


class InstallTest(unittest.TestCase):
    """Configure and install against a stand-in for Slicer, then import from the installed tree."""

    def test_the_installed_tree_works_by_itself(self):
        cmake = shutil.which("cmake") or os.path.join(os.path.dirname(sys.executable), "cmake")
        if not os.path.exists(cmake):
            self.skipTest("cmake is not installed")
        folder = tempfile.mkdtemp(prefix="deidentify-install-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        build, target = os.path.join(folder, "build"), os.path.join(folder, "target")
        standIn = os.path.join(ROOT, "Testing", "cmake")
        run = {"check": True, "capture_output": True, "text": True}
        subprocess.run([cmake, "-S", ROOT, "-B", build, f"-DSlicer_DIR={standIn}", "-DBUILD_TESTING=ON"], **run)
        subprocess.run([cmake, "--install", build, "--prefix", target], **run)
        modules = os.path.join(target, "lib", "Slicer-5.12", "qt-scripted-modules")
        code = (
            "import DeidentifyLib, sys; from DeidentifyLib.options import Options;"
            "from DeidentifyLib.profile import describe_actions; print(len(describe_actions(Options())));"
            "from DeidentifyLib.profile.resolver import Profile; Profile(Options()); print(DeidentifyLib.__file__)"
        )
        start = f"import sys; sys.path.insert(0, {modules!r}); "
        result = subprocess.run([sys.executable, "-I", "-c", start + code], **run)
        self.assertIn(modules, result.stdout)
        self.assertTrue(os.path.isfile(os.path.join(modules, "Resources", "UI", "Deidentify.ui")))
        self.assertTrue(os.path.isfile(os.path.join(modules, "Resources", "Icons", "Deidentify.svg")))


if __name__ == "__main__":
    unittest.main()
