"""HTML as a tree of nodes, so that text is escaped by construction and never glued into markup."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Node = ElementTree.Element


def node(tag: str, *children: Node | str, **attributes: str) -> Node:
    """Return a node; strings become text. `class_` stands for ``class`` and ``_`` in names for ``-``."""
    made = ElementTree.Element(
        tag, {name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()}
    )
    for child in children:
        append(made, child)
    return made


def append(parent: Node, child: Node | str) -> None:
    """Add a node or text after what a node holds already."""
    if not isinstance(child, str):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + child
    else:
        parent.text = (parent.text or "") + child


class Page:
    """A page made from a template: an XHTML file under ``data`` whose nodes with an id are filled."""

    def __init__(self, template: str) -> None:
        self.root = ElementTree.fromstring(_data(template))
        self._slots = {found.get("id"): found for found in self.root.iter() if found.get("id")}

    def fill(self, slot: str, *children: Node | str) -> None:
        """Append children to the node with an id."""
        for child in children:
            append(self._slots[slot], child)

    def remove(self, slot: str) -> None:
        """Take the node with an id out of the page."""
        target = self._slots.pop(slot)
        for parent in self.root.iter():
            if target in list(parent):
                parent.remove(target)
                return

    def embed(self, slot: str, name: str) -> None:
        """Put a style sheet or script of ``data`` into the node with an id."""
        self._slots[slot].text = _data(name)

    def embed_data(self, slot: str, value: Any) -> None:
        """Put JSON into a ``script`` node; ``<`` is escaped, so the data cannot end the node."""
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=True)
        self._slots[slot].text = text.replace("<", "\\u003c").replace("&", "\\u0026")

    def write(self, path: Path) -> None:
        """Write the page."""
        text = ElementTree.tostring(self.root, encoding="unicode", method="html")
        path.write_text("<!DOCTYPE html>\n" + text + "\n", encoding="utf-8")


def picture(path: Path, description: str) -> Node:
    """Return a PNG file as an image inside the page."""
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return node("img", src=f"data:image/png;base64,{data}", alt=description)


def _data(name: str) -> str:
    return (files(__package__) / "data" / name).read_text(encoding="utf-8")
