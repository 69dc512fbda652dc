// The two sentences: what is typed becomes the pair a moment later, at once on Enter; errors appear beside their field.

const PAUSE = 250; // milliseconds without a key before a pair is read
const NAMES = ['premise', 'hypothesis'];

// What is wrong with the model is shown in its own line, see model_line.js; all else about neither sentence beside the second.
export const showError = (root, error) => {
  for (const name of NAMES) {
    const place = root.querySelector(`#${name}-error`);
    const here = error && (error.field === name || (!['premise', 'model'].includes(error.field) && name === 'hypothesis'));
    place.hidden = !here;
    place.textContent = here ? error.message : '';
    root.querySelector(`#${name}-text`).toggleAttribute('aria-invalid', Boolean(here && error.field === name));
  }
};

const fit = field => {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
};

export const startFields = ({root, store}) => {
  const fields = NAMES.map(name => root.querySelector(`#${name}-text`));
  const read = () => {
    const [premise, hypothesis] = fields.map(field => field.value);
    store.setPair(premise, hypothesis);
  };
  let timer = null;
  for (const field of fields) {
    field.addEventListener('input', () => {
      fit(field);
      clearTimeout(timer);
      timer = setTimeout(read, PAUSE);
    });
    field.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      clearTimeout(timer);
      read();
    });
    new ResizeObserver(() => fit(field)).observe(field.parentElement);
  }
  root.querySelector('.fields').addEventListener('submit', event => event.preventDefault());
  root.querySelector('#examples').addEventListener('change', event => {
    if (event.target.value) store.setPair(...JSON.parse(event.target.value));
  });
  store.subscribe((state, changed) => {
    if (!changed.has('premise') && !changed.has('hypothesis')) return;
    NAMES.forEach((name, place) => {
      if (fields[place].value !== state[name]) {
        fields[place].value = state[name];
        fit(fields[place]);
      }
    });
    const examples = root.querySelector('#examples');
    examples.value = JSON.stringify([state.premise, state.hypothesis]);
    if (examples.selectedIndex < 0) examples.value = '';
  });
};
