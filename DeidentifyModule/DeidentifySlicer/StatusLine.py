"""The line that always says what is going on: at the top of the panel and again beside the button De-identify."""

import html
from dataclasses import dataclass

import qt

IDLE, BUSY, GOOD, ATTENTION, BAD = "idle", "busy", "good", "attention", "bad"
ICONS = {
    IDLE: qt.QStyle.SP_MessageBoxInformation,
    BUSY: qt.QStyle.SP_BrowserReload,
    GOOD: qt.QStyle.SP_DialogApplyButton,
    ATTENTION: qt.QStyle.SP_MessageBoxWarning,
    BAD: qt.QStyle.SP_MessageBoxCritical,
}
COLORS = {
    BUSY: ("#0b5cad", "#7db8f5"),
    GOOD: ("#1b7a2f", "#74d68a"),
    ATTENTION: ("#945200", "#f2b35e"),
    BAD: ("#b3161b", "#ff8a85"),
}
"""Color of the first words on a light and on a dark background."""

ICON_SIZE = 22


@dataclass(frozen=True)
class Status:
    """What the line says.

    Attributes
    ----------
    level : str
        IDLE, BUSY, GOOD, ATTENTION or BAD.
    head : str
        The first words, in bold.
    text : str
        One or two sentences.
    """

    level: str
    head: str
    text: str = ""

    @property
    def plain(self):
        """The whole line without markup."""
        return " ".join(part for part in (self.head, self.text) if part)


class StatusLine(qt.QObject):
    """Shows a status with icon, color and words; follows a change of Slicer's theme.

    Parameters
    ----------
    pairs : list of (QLabel, QLabel)
        Label of the icon and label of the text, for each place.
    """

    def __init__(self, pairs):
        qt.QObject.__init__(self, pairs[0][1])
        self._pairs = pairs
        self._status = self._shown = None
        pairs[0][1].installEventFilter(self)

    def eventFilter(self, _watched, event):
        """Show the status in the colors of a new theme; leave the event to the label."""
        if event.type() == qt.QEvent.PaletteChange and self._status is not None:
            self.show(self._status)
        return False

    def show(self, status):
        """Show a status in all places."""
        self._status = status
        dark = self._pairs[0][1].palette.color(qt.QPalette.Window).lightness() < 128
        if (status, dark) == self._shown:
            return
        self._shown = status, dark
        for icon, label in self._pairs:
            icon.setPixmap(icon.style().standardIcon(ICONS[status.level]).pixmap(ICON_SIZE, ICON_SIZE))
            label.text = richText(status, dark)


def richText(status, dark):
    """Return a status as rich text, in colors that can be read on a light or a dark background."""
    head, text = html.escape(status.head), html.escape(status.text)
    if status.level in COLORS:
        head = f'<span style="color:{COLORS[status.level][bool(dark)]}">{head}</span>'
    return f"<b>{head}</b> {text}".strip()
