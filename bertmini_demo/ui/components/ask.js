// Asks the server: one question of a kind at a time, a newer one aborts the older. What the reader looks at first is asked first.

const ADDRESS = new URL('../../../answer', import.meta.url); // below whatever path the page is served
const visitor = Array.from(crypto.getRandomValues(new Uint8Array(12)), one => one.toString(16).padStart(2, '0')).join('');
const running = new Map(); // slot -> {controller, answered}
const FIRST = ['verdict', 'words']; // each waits for those before it, and all other questions for both
let number = 0;

export class Refused extends Error {
  constructor({message, field}) {
    super(message);
    this.field = field;
  }
}

const lines = async function* (response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
  if (rest) yield JSON.parse(rest);
};

// Resolves once the questions that come before this one have been answered, well or not.
const itsTurn = slot => {
  const place = FIRST.indexOf(slot);
  const before = place < 0 ? FIRST : FIRST.slice(0, place);
  return Promise.all(before.map(name => running.get(name)?.answered));
};

const content = (body, file) => {
  if (!file) return {headers: {'Content-Type': 'application/json'}, body};
  const form = new FormData();
  form.append('ask', body);
  form.append('file', file, file.name);
  return {body: form};
};

export const stop = slot => running.get(slot)?.controller.abort();

// Resolves to the answer, or to null where a newer question has replaced this one. Rejects with Refused, which has a message
// and the field it is about. A file goes with the question: what is asked is asked of it, whatever is chosen meanwhile.
export const ask = async (question, state, {onProgress, slot = question, file = null} = {}) => {
  stop(slot);
  const controller = new AbortController();
  let answered;
  running.set(slot, {controller, answered: new Promise(resolve => (answered = resolve))});
  number += 1;
  const body = JSON.stringify({question, state, visitor: `${visitor}-${slot}`.slice(0, 64), number});
  try {
    await itsTurn(slot);
    const response = await fetch(ADDRESS, {method: 'POST', ...content(body, file), signal: controller.signal});
    for await (const reply of lines(response)) {
      answered();
      if (reply.error || !response.ok) throw new Refused(reply.error ?? {message: reply.detail, field: null});
      if (reply.dropped) return null;
      if (!('progress' in reply)) return reply;
      onProgress?.(reply);
    }
    throw new Refused({message: 'The server ended before it answered. Try again.', field: null});
  } catch (error) {
    if (controller.signal.aborted) return null;
    if (error instanceof Refused) throw error;
    const lost = new Refused({message: 'The server cannot be reached. What you typed is still here; the page asks again by itself.', field: null});
    lost.unreachable = true;
    throw lost;
  } finally {
    answered();
    if (running.get(slot)?.controller === controller) running.delete(slot);
  }
};

