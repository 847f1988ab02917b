"""The folder content/: read whole into memory, written back whole. A file is a path below the folder and its text."""

from pathlib import Path

Files = dict[str, str]
"""Path below content/, with forward slashes, to text."""

_KINDS = {".md", ".yml"}


def read_folder(folder: Path) -> Files:
    """Every text of the folder; READMEs are for people and left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KINDS and path.name != "README.md"
    }


def write_folder(folder: Path, files: Files) -> list[str]:
    """Write the texts that differ from what stands there; returns their paths. Each file is replaced whole."""
    changed = []
    for name, text in sorted(files.items()):
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
        changed.append(name)
    return changed
