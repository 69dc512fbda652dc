"""The stream on which the browser is told what becomes of its events, kept whole where Gradio would break it off."""

# Gradio's server ends the stream whenever nothing is under way, and tells so last. An event that its front end sends before
# it has read that is never told of: an Enter pressed while a picture was being drawn was lost. Here the front end is not
# told, and its stream goes on with a next one: as soon as another event is sent, or soon without one, so that it is there
# before it is needed. Where there is none to be had, that waits until an event has been taken.
# When the page is about to be left, Gradio's front end gives its stream up, and the server forgets whom it was for. An event
# sent just then would be answered with an error; it waits, and is sent only if the page is still there.
# A stop that is asked for before the server has told what it calls the event waits until it has: without that name it would
# be refused, and the work would go on.
STREAM = """(() => {
const ask = window.fetch.bind(window), LAST = 'data: {"msg":"close_stream"';
const SOON = 300, STAYED = 2000;  // milliseconds
let sent = 0, taken = 0, wakeSent = () => {}, wakeTaken = () => {}, leaving = null;

const read = async (answer, out) => {
  const encoder = new TextEncoder(), reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '', last = false;
  for (let {done, value} = await reader.read(); !done; {done, value} = await reader.read()) {
    const told = (rest + value).split('\\n\\n');
    rest = told.pop();
    last ||= told.some(one => one.startsWith(LAST));
    const passed = told.filter(one => !one.startsWith(LAST)).map(one => `${one}\\n\\n`).join('');
    if (passed) out.enqueue(encoder.encode(passed));
  }
  return last;
};
const goOn = async (request, answer, out) => {
  for (;;) {
    const sentBefore = sent, takenBefore = taken;
    try {
      if (!await read(answer ?? await ask(request.clone()), out)) return out.close();
      if (sent === sentBefore) await new Promise(resolve => { wakeSent = resolve; setTimeout(resolve, SOON); });
    } catch (error) {
      if (request.signal.aborted || taken > takenBefore) return out.error(error);
      await new Promise(resolve => { wakeTaken = resolve; });
    }
    answer = null;
  }
};
const unbroken = async request => {
  await leaving;
  const answer = await ask(request.clone());
  if (!answer.ok) return answer;
  const body = new ReadableStream({start: out => { goOn(request, answer, out); }});
  return new Response(body, {status: answer.status, headers: answer.headers});
};
const join = async (resource, options) => {
  await leaving;
  sent++;
  wakeSent();
  const answer = await ask(resource, options);
  taken += answer.ok;
  wakeTaken();
  return answer;
};
const named = new Map();  // by function: what the server calls its last event, once it has told
const start = (resource, options) => {
  const joined = join(resource, options);
  named.set(JSON.parse(options.body).fn_index, joined.then(answer => answer.clone().json()).catch(() => ({})));
  return joined;
};
const cancel = async (resource, options) => {
  const event = JSON.parse(options.body);
  event.event_id ??= (await named.get(event.fn_index))?.event_id;
  return ask(resource, {...options, body: JSON.stringify(event)});
};
window.addEventListener('beforeunload', () => { leaving = new Promise(resolve => setTimeout(resolve, STAYED)); });
window.fetch = (resource, options) => {
  const place = String(resource.url ?? resource);
  if (place.includes('/gradio_api/queue/join')) return start(resource, options);
  if (place.endsWith('/gradio_api/cancel')) return cancel(resource, options);
  if (place.includes('/gradio_api/queue/data?')) return unbroken(new Request(resource, options));
  return ask(resource, options);
};
})();
"""
