// The address bar: it follows the state, and opens it again after a link, Back or a reload. Words, layers and heads count from
// 1 there. What has its first value is left out.

const NUMBERS = ['layer', 'head', 'word'];
const TEXTS = ['model', 'view', 'part', 'label', 'method', 'output', 'baseline'];
const OLD_NAMES = {tab: 'view'};
const OLD_VIEWS = {map: 'how_it_decides', attention: 'how_it_decides', layers: 'how_it_decides', words: 'how_it_decides', batch: 'workbench', train: 'workbench', model: 'workbench'};

export const toQuery = (state, first, location) => {
  const query = new URLSearchParams(location.search);
  const put = (name, value) => (value === null || value === undefined ? query.delete(name) : query.set(name, value));
  const samePair = state.premise === first.premise && state.hypothesis === first.hypothesis;
  put('premise', samePair ? null : state.premise);
  put('hypothesis', samePair ? null : state.hypothesis);
  for (const name of TEXTS) put(name, state[name] === first[name] ? null : state[name]);
  const head = state.layer !== first.layer || state.head !== first.head;
  put('layer', head ? state.layer + 1 : null);
  put('head', head ? state.head + 1 : null);
  put('word', state.word === null ? null : state.word + 1);
  put('off', state.heads_off.map(([layer, one]) => `${layer + 1}-${one + 1}`).join(',') || null);
  put('pinned', state.pinned ? JSON.stringify(state.pinned) : null);
  put('options', Object.keys(state.options).length ? JSON.stringify(state.options) : null);
  for (const name of Object.keys(OLD_NAMES)) query.delete(name);
  return query.toString();
};

// What is no choice about the pair, such as the tour's card: whether it is in the address, and writing it there without a new
// entry in the history. null takes it away.
export const inAddress = name => new URLSearchParams(location.search).has(name);
export const writeAddress = fields => {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(history.state, '', url);
};

const parsed = (text, fits) => {
  try {
    const value = JSON.parse(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
const isPair = value => Array.isArray(value) && value.length === 2 && value.every(one => typeof one === 'string');
const isOptions = value =>
  value && typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(one => typeof one === 'string');

export const fromQuery = (search, first, known) => {
  const query = new URLSearchParams(search);
  const state = {...first};
  for (const [old, name] of Object.entries(OLD_NAMES)) {
    if (query.has(old) && !query.has(name)) query.set(name, OLD_VIEWS[query.get(old)] ?? query.get(old));
  }
  if (query.has('premise') && query.has('hypothesis')) {
    state.premise = query.get('premise');
    state.hypothesis = query.get('hypothesis');
  }
  for (const name of TEXTS) {
    const value = query.get(name);
    if (value !== null && (!known[name] || known[name].includes(value))) state[name] = value;
  }
  for (const name of NUMBERS) {
    if (/^[1-9]\d{0,4}$/.test(query.get(name) ?? '')) state[name] = Number(query.get(name)) - 1;
  }
  const off = (query.get('off') ?? '').split(',').filter(one => /^[1-9]\d{0,3}-[1-9]\d{0,3}$/.test(one));
  state.heads_off = off.map(one => one.split('-').map(number => Number(number) - 1));
  state.pinned = parsed(query.get('pinned') ?? 'null', isPair) ?? first.pinned;
  state.options = parsed(query.get('options') ?? '{}', isOptions) ?? {};
  return state;
};

// Typing and pressing in quick succession make one entry in the history: a new one only once the last is a second old.
export const mirror = (store, first, known) => {
  let pushed = 0;
  const read = () => store.set(fromQuery(location.search, first, known), {push: false});
  store.subscribe((state, changed, {push}) => {
    if (!push) return;
    const query = toQuery(state, first, location);
    const place = query ? `?${query}` : location.pathname;
    const fresh = changed.has('premise') || changed.has('hypothesis') || changed.has('view') || changed.has('part');
    if (fresh || performance.now() - pushed > 1000) {
      history.pushState(null, '', place);
      pushed = performance.now();
    } else {
      history.replaceState(null, '', place);
    }
  });
  addEventListener('popstate', read);
  read();
};
