"""Gradio leaves what it has received of an upload that is broken off.

Upstream (6.31): ``GradioMultiPartParser.parse`` deletes its temporary files where the upload is malformed or too large, but
not where the connection ends or the request is refused meanwhile; ``delete_cache`` knows nothing of them.
"""

import contextlib
from pathlib import Path

from gradio import route_utils, routes


class TidyParser(route_utils.GradioMultiPartParser):
    """A parser that deletes its temporary files however it fails."""

    async def parse(self) -> object:
        """Parses the upload; deletes what it has written if the upload breaks off."""
        try:
            return await super().parse()
        except BaseException:
            for file in self._files_to_close_on_error:
                file.close()
                with contextlib.suppress(FileNotFoundError):
                    Path(file.name).unlink()
            raise


def delete_broken_uploads() -> None:
    """Lets Gradio read uploads with TidyParser."""
    route_utils.GradioMultiPartParser = routes.GradioMultiPartParser = TidyParser
