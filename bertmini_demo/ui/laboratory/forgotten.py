"""A page that the server has forgotten: it was left for over an hour, or too many others came since.

Its model, what is chosen and what it was shown are gone there, while it still shows them: another model would answer than
the one it names. So it is told, and offers to open its own link anew, with what is typed.
"""

import gradio as gr
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TOLD = "The server has forgotten this page: it was left for long, or many others came. Open it anew."
VISIT = "x-visit"  # the header by which a page that has been shown tells who it is; no program sends it
GONE = 410

# Once something has been shown, each event of this visit says whose it is.
REMEMBERED = f"""(() => {{
const ask = window.fetch.bind(window);
let shown = false, visit = null;
const tell = () => {{
  if (document.querySelector('#forgotten')) return;
  const bar = document.createElement('div');
  bar.id = 'forgotten';
  bar.setAttribute('role', 'alert');
  bar.innerHTML = `<p>The server has forgotten this page: it was left for long, or many others came. The sentences above and
    what is chosen can be opened anew; copy what you typed elsewhere.</p><button type="button">Open it anew</button>`;
  bar.querySelector('button').addEventListener('click', () => document.dispatchEvent(new Event('open-anew')));
  document.querySelector('#verdict').before(bar);
}};
document.addEventListener('view-changed', () => {{ shown = true; }});
window.fetch = async (resource, options) => {{
  if (!String(resource.url ?? resource).includes('/gradio_api/queue/join')) return ask(resource, options);
  const headers = new Headers(options.headers), asks = JSON.parse(options.body).session_hash;
  visit ??= asks;
  if (shown && asks === visit) headers.set('{VISIT}', visit);
  const answer = await ask(resource, {{...options, headers}});
  if (answer.status === {GONE}) tell();
  return answer;
}};
}})();
"""


class Remembered:
    """Answers events of a page that is forgotten with status 410; a session that holds no state is one."""

    def __init__(self, app: ASGIApp, *, page: gr.Blocks) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = dict(scope.get("headers", ())).get(VISIT.encode())
        if visit and scope["path"].endswith("/queue/join") and not self.knows(visit.decode("latin-1")):
            await JSONResponse({"detail": TOLD}, GONE)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def knows(self, visit: str) -> bool:
        session = self.page.state_holder.session_data.get(visit)
        return bool(session and session.state_data)
