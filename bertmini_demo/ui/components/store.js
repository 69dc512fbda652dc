// What the reader chose. One store: set() changes it, subscribers hear which fields changed, the address bar follows.

// Fields of the state as they are, and every other name among the options, where null takes it away.
const placed = (state, choices) => {
  const names = Object.keys(choices);
  const fields = Object.fromEntries(names.filter(name => name in state).map(name => [name, choices[name]]));
  const others = names.filter(name => !(name in state));
  if (!others.length) return fields;
  const options = {...state.options, ...fields.options, ...Object.fromEntries(others.map(name => [name, choices[name]]))};
  return {...fields, options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))};
};

export const createStore = initial => {
  let state = Object.freeze({...initial});
  const subscribers = new Set();

  const set = (choices, {push = true} = {}) => {
    const changes = placed(state, choices);
    const changed = Object.keys(changes).filter(name => JSON.stringify(changes[name]) !== JSON.stringify(state[name]));
    if (!changed.length) return;
    state = Object.freeze({...state, ...changes});
    for (const hear of [...subscribers]) hear(state, new Set(changed), {push});
  };

  return {
    get: () => state,
    set,
    // A choice that belongs to one view.
    setOption: (name, value) => set({options: {...state.options, [name]: value}}),
    // Another pair: what was chosen of the last one goes.
    setPair: (premise, hypothesis, more = {}) => set({premise, hypothesis, word: null, label: null, ...more}),
    // Asks for the pair anew, as it is.
    again: () => {
      for (const hear of [...subscribers]) hear(state, new Set(['premise', 'hypothesis']), {push: false});
    },
    subscribe: hear => {
      subscribers.add(hear);
      return () => subscribers.delete(hear);
    },
  };
};

// The value of a field of the state, or of an option.
export const choiceOf = (state, name) => (name in state ? state[name] : state.options[name] ?? null);
