"""A program that asks the page, as gradio_client does, and does not give up where that does."""

from concurrent.futures import CancelledError

from gradio_client import Client


class Asker(Client):
    """Asks once more where gradio_client has given an answer up.

    Gradio's server ends a client's stream whenever it has nothing left to tell. A question that is sent before the client has
    read of that end waits for an answer on the old stream, and is cancelled: on a busy machine, once in thousands.
    """

    def predict(self, *arguments: object, **keywords: object) -> object:
        try:
            return super().predict(*arguments, **keywords)
        except CancelledError:
            return super().predict(*arguments, **keywords)
