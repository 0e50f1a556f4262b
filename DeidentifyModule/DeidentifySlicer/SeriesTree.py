"""The tree of patients, studies and series in the panel."""

import time

import qt

from .Translation import tr as _

NAME, MODALITY, IMAGES, STATUS, FACE = range(5)
SECONDS_AT_ONCE = 0.02
"""How long rows are made before Qt's event loop has its turn."""


class SeriesTree:
    """Shows subjects, studies and series with check boxes; filled in pieces, so that the panel stays responsive.

    Parameters
    ----------
    tree : QTreeWidget
    onChanged : callable
        Called when check boxes or the selection changed.
    """

    def __init__(self, tree, onChanged):
        self._tree = tree
        self._onChanged = onChanged
        self._items = {}  # series UID -> row
        self._series = {}  # series UID -> dict of the scan
        self._checked = set()  # kept here, as asking thousands of rows takes long in PythonQt
        self._pending = iter(())
        self._filling = False
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, qt.QHeaderView.Stretch)
        for column, width in ((MODALITY, 62), (IMAGES, 54), (STATUS, 78), (FACE, 64)):
            tree.setColumnWidth(column, width)
        for column in (STATUS, FACE):
            tree.setColumnHidden(column, True)
        tree.connect("itemChanged(QTreeWidgetItem*,int)", self._itemChanged)
        tree.connect("itemSelectionChanged()", onChanged)

    def fill(self, subjects, checked=None):
        """Show subjects; ``checked`` are the UIDs of checked series, None for all."""
        self.clear()
        self._pending = self._rows(subjects, checked)
        self._fillSome()

    def clear(self):
        """Empty the tree."""
        self._pending = iter(())
        self._items, self._series, self._checked = {}, {}, set()
        self._filling = True
        self._tree.clear()
        self._filling = False

    def checkedSeries(self):
        """Return the UIDs of the checked series, in the order of the tree."""
        return [uid for uid in self._items if uid in self._checked]

    def allSeries(self):
        """Return the UIDs of all series."""
        return list(self._items)

    def selectedSeries(self):
        """Return the scan's dict of the selected series, the first one of a selected study or patient, or None."""
        selected = self._tree.selectedItems()
        if not selected:
            return None
        item = selected[0]
        while item.childCount():
            item = item.child(0)
        return self._series.get(item.data(NAME, qt.Qt.UserRole))

    def seriesRow(self, uid):
        """Return the row of a series, or None."""
        return self._items.get(uid)

    def setStatus(self, uid, text):
        """Show what became of a series."""
        self._setText(uid, STATUS, text)

    def clearStatus(self):
        """Forget what became of the series."""
        self._filling = True
        for item in self._items.values() if not self._tree.isColumnHidden(STATUS) else ():
            item.setText(STATUS, "")
            item.setToolTip(STATUS, "")
        self._filling = False
        self._tree.setColumnHidden(STATUS, True)

    def select(self, uid):
        """Select the row of a series and scroll to it."""
        item = self._items.get(uid)
        if item is not None:
            self._tree.setCurrentItem(item)
            self._tree.scrollToItem(item)

    def setFace(self, uid, text):
        """Show the face verdict of a series."""
        self._setText(uid, FACE, text)

    def _setText(self, uid, column, text):
        item = self._items.get(uid)
        if item is not None:
            self._filling = True
            self._tree.setColumnHidden(column, False)
            item.setText(column, text)
            item.setToolTip(column, text)
            self._filling = False

    def _fillSome(self):
        self._filling = True
        end = time.monotonic() + SECONDS_AT_ONCE
        while time.monotonic() < end:
            if next(self._pending, None) is None:
                self._filling = False
                self._onChanged()
                return
        self._filling = False
        qt.QTimer.singleShot(0, self._fillSome)

    def _rows(self, subjects, checked):
        for subject in subjects:
            subjectItem = self._add(self._tree.invisibleRootItem(), subjectText(subject), expanded=True)
            for study in subject.get("studies", []):
                studyItem = self._add(subjectItem, studyText(study), expanded=True)
                for series in study.get("series", []):
                    self._addSeries(studyItem, series, checked)
                    yield True
                self._show(studyItem)
            self._show(subjectItem)

    def _addSeries(self, studyItem, series, checked):
        uid = series["series_uid"]
        item = self._add(studyItem, series.get("description") or _("Series without description"))
        item.setText(MODALITY, series.get("modality", ""))
        item.setText(IMAGES, str(series.get("instances", "")))
        item.setTextAlignment(IMAGES, qt.Qt.AlignRight | qt.Qt.AlignVCenter)
        item.setData(NAME, qt.Qt.UserRole, uid)
        if checked is None or uid in checked:
            self._checked.add(uid)
        else:
            item.setCheckState(NAME, qt.Qt.Unchecked)
        self._items[uid], self._series[uid] = item, series

    def _add(self, parent, text, expanded=False):
        item = qt.QTreeWidgetItem(parent)
        item.setText(NAME, text)
        item.setToolTip(NAME, text)
        item.setCheckState(NAME, qt.Qt.Checked)
        if expanded:
            item.setExpanded(True)
            item.setFirstColumnSpanned(True)
        return item

    def _itemChanged(self, item, column):
        if self._filling or column != NAME:
            return
        self._filling = True
        self._check(item, item.checkState(NAME))
        parent = item.parent()
        while parent is not None:
            self._show(parent)
            parent = parent.parent()
        self._filling = False
        self._onChanged()

    def _check(self, item, state):
        """Give a row's state to all below it, and note the series."""
        for index in range(item.childCount()):
            child = item.child(index)
            child.setCheckState(NAME, state)
            self._check(child, state)
        uid = item.data(NAME, qt.Qt.UserRole)
        if uid and state == qt.Qt.Checked:
            self._checked.add(uid)
        elif uid:
            self._checked.discard(uid)

    def _show(self, item):
        """Show in a parent's box whether all, some or none of its children are checked."""
        states = [item.child(index).checkState(NAME) for index in range(item.childCount())]
        if all(state == qt.Qt.Checked for state in states):
            item.setCheckState(NAME, qt.Qt.Checked)
        elif all(state == qt.Qt.Unchecked for state in states):
            item.setCheckState(NAME, qt.Qt.Unchecked)
        else:
            item.setCheckState(NAME, qt.Qt.PartiallyChecked)


def subjectText(subject):
    """Return how a patient is shown; only ever on screen."""
    name, identity = subject.get("patient_name", ""), subject.get("patient_id", "")
    return f"{name} ({identity})" if name and identity else name or identity or _("Patient without name and ID")


def studyText(study):
    """Return how a study is shown."""
    date = study.get("date", "")
    if len(date) == 8 and date.isdigit():
        date = f"{date[:4]}-{date[4:6]}-{date[6:]}"
    return "  ".join(part for part in (date, study.get("description", "")) if part) or _("Study without description")
