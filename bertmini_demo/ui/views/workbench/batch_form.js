// Batch: a file or pasted pairs go to the server with the question; what comes back is shown, opened and saved.

import {drawFigure} from '../../components/figure.js';
import {make} from '../../components/words.js';
import {saveText} from '../../components/downloads.js';
import {createRunner} from './work_runner.js';

const PASTED = 'the pasted pairs';
const TYPES = {csv: 'text/csv', jsonl: 'application/jsonl'};

const table = ({headings, rows}) =>
  make(
    'table',
    {class: 'bench-table'},
    make('thead', {}, make('tr', {}, ...headings.map(one => make('th', {scope: 'col'}, one)))),
    make('tbody', {}, ...rows.map(row => make('tr', {}, ...row.map(cell => make('td', {}, cell))))),
  );

// A figure that came with an answer: title, picture, sentence, numbers.
export const drawAnswer = async (answer, {settings, base}, place) => {
  const plot = make('div', {class: 'plot'});
  const numbers = make('details', {}, make('summary', {}, 'Numbers'), make('div', {class: 'scroll', tabindex: '0'}, table(answer.table)));
  place.append(
    make('article', {class: 'card'}, make('h3', {class: 'card-title'}, answer.title), plot,
      make('p', {class: 'card-says'}, answer.says), make('div', {class: 'card-more'}, numbers)),
  );
  await drawFigure(plot, answer, {library: new URL(settings.plotly, base), onPress: () => {}});
};

export const startBatch = page => {
  const tool = page.view.querySelector('[data-bench="batch"]');
  const [file, text] = [tool.querySelector('#batch-file'), tool.querySelector('#batch-text')];
  const result = tool.querySelector('#batch-result');
  const save = tool.querySelector('#batch-save');
  let parts = {csv: [], jsonl: []};
  let name = '';

  const runner = createRunner(tool, 'workbench.batch', {
    store: page.store,
    onStart: () => {
      parts = {csv: [], jsonl: []};
      save.hidden = true;
      result.replaceChildren();
    },
    onProgress: ({saved}) => {
      if (!saved) return;
      for (const kind of Object.keys(parts)) parts[kind].push(saved[kind]);
      save.hidden = !parts.jsonl.some(Boolean);
    },
    onAnswer: async answer => {
      result.innerHTML = answer.html; // from a template that escapes
      const place = result.querySelector('[data-figures]');
      for (const one of answer.figures) await drawAnswer(one, page, place);
    },
  });
  const chosen = () => file.files[0] ?? (text.value.trim() ? new File([text.value], PASTED) : null);
  // One source at a time: choosing a file empties the text, typing lets the file go.
  file.addEventListener('change', () => {
    if (file.files.length) text.value = '';
  });
  text.addEventListener('input', () => (file.value = ''));
  tool.addEventListener('click', event => {
    const {go, save: kind} = event.target.dataset;
    if (kind) saveText(`${name}.${kind}`, TYPES[kind], parts[kind]);
    if (go === undefined) return;
    name = go === 'examples' ? 'example-pairs-verdicts' : 'verdicts';
    runner.run({options: {batch_from: go || 'file'}, file: go === 'examples' ? null : chosen()});
  });
};
