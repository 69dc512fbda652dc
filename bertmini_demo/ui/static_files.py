"""The browser's files: modules and styles of this package, and plotly.js as the pinned plotly package brings it.

The page has one style sheet: assets/style.css, then those of components, then each view's own style.css.

All of them are served below one version, the digest of their content, so that a browser keeps them for good and fetches
them anew when one changes.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bertmini_demo.settings import ASSETS

HERE = Path(__file__).resolve().parent
PLOTLY = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
TYPES = {".js": "text/javascript", ".css": "text/css"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
COMPRESSION = 6  # plotly.js: 1.4 MB instead of 4.8 in a quarter of a second, once


@cache
def static_paths() -> dict[str, tuple[Path, ...]]:
    """The address below the version, such as "components/main.js", to the files whose content is served there."""
    own = sorted(path for folder in ("components", "views") for path in (HERE / folder).rglob("*.js"))
    return {
        "style.css": (
            ASSETS / "style.css",
            *sorted(HERE.glob("components/*.css")),
            *sorted(HERE.glob("views/*/style.css")),
        ),
        "plotly.js": (PLOTLY,),
        **{path.relative_to(HERE).as_posix(): (path,) for path in own},
    }


@cache
def version() -> str:
    """A digest of all the files."""
    digest = hashlib.sha256()
    for name, paths in static_paths().items():
        digest.update(name.encode())
        for path in paths:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file is served, relative to the page.

    Raises:
        KeyError: there is no such file.
    """
    if name not in static_paths():
        raise KeyError(name)
    return f"./page/{version()}/{name}"


@cache
def content(name: str) -> tuple[bytes, bytes]:
    """A file as it is, and compressed."""
    plain = b"\n".join(path.read_bytes() for path in static_paths()[name])
    return plain, gzip.compress(plain, COMPRESSION, mtime=0)


def static_route() -> Route:
    """The route of all files; an address of another version gets the file as it is now, and is not kept."""

    def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in static_paths():
            return PlainTextResponse("There is no such file.", 404)
        plain, packed = content(name)
        headers = dict(
            FOREVER if request.path_params["version"] == version() else {"Cache-Control": "no-store"}
        )
        if "gzip" in request.headers.get("accept-encoding", ""):
            plain, headers = packed, {**headers, "Content-Encoding": "gzip"}
        return Response(plain, media_type=TYPES[Path(name).suffix], headers=headers)

    return Route("/page/{version}/{name:path}", serve)
