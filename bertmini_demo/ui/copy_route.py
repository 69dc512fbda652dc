"""GET /copies/TOKEN: the copy that a visitor trained, as a zip of the folder that load_model takes."""

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from bertmini_demo.errors import InputError
from bertmini_demo.ui.visitor_models import VisitorModels


def copy_route(models: VisitorModels) -> Route:
    """The route; a copy is found by its unguessable token alone."""

    def send(request: Request) -> Response:
        try:
            copy = models.trained(request.path_params["token"])
        except InputError as error:
            return PlainTextResponse(str(error), 404)
        headers = {"Cache-Control": "no-store"}
        return FileResponse(
            copy.download, media_type="application/zip", filename=copy.download.name, headers=headers
        )

    return Route("/copies/{token}", send)
