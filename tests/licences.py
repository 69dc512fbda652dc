"""Writes assets/licences.md: every package that requirements.txt brings, with the licence it states.

``python tests/licences.py`` rewrites it from what is installed; a test compares.
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "assets" / "licences.md"
OF_GRAPHICS_CARDS = ("nvidia", "cuda", "triton")  # come with torch where it is built for them
UNSTATED = "not stated"
LONGEST = 60  # characters; a longer one is the licence's text and not its name


def plain(package: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def pins(file: Path) -> dict[str, str]:
    """{package: version} of a file of requirements and of those that it includes."""
    pinned = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            pinned |= pins(file.parent / line.removeprefix("-r "))
        else:
            package, pinned_version = line.split("==")
            pinned[plain(package)] = pinned_version
    return pinned


def licences() -> dict[str, str]:
    """Licence by package, of what requirements.txt names and all that this needs in turn."""
    found: dict[str, str] = {}
    waiting = list(pins(ROOT / "requirements.txt"))
    while waiting:
        name = plain(re.split(r"[^\w.-]", waiting.pop(), maxsplit=1)[0])
        if name in found or name.startswith(OF_GRAPHICS_CARDS):
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # for another system, or an extra that was not asked for
            continue
        found[name] = licence(package)
        waiting += [need for need in package.requires or () if "extra ==" not in need]
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """What a package says of itself: the expression, else the classifiers, else a short line."""
    about = package.metadata
    if about.get("License-Expression"):
        return about["License-Expression"]
    classes = [
        one.split(" :: ")[-1] for one in about.get_all("Classifier", []) if one.startswith("License ::")
    ]
    if classes:
        return ", ".join(sorted(classes))
    text = (about.get("License") or "").strip()
    return text if 0 < len(text) <= LONGEST and "\n" not in text else UNSTATED


def written() -> dict[str, str]:
    """What the file holds."""
    rows = re.findall(r"^\| (\S+) \| (.+) \|$", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: said for name, said in rows if name not in ("package", "---")}


def table() -> str:
    rows = "\n".join(f"| {name} | {said} |" for name, said in licences().items())
    return (
        "# Licences of the packages in use\n\nWritten by `python tests/licences.py` from what the packages state.\n\n"
        f"| package | licence |\n| --- | --- |\n{rows}\n"
    )


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
