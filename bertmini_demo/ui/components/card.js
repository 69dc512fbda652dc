// A figure card: once it is in sight it asks its question, and again when something it reads has changed.

import {ask, stop} from './ask.js';
import {drawFigure, recolour, saveFigure} from './figure.js';
import {choiceOf} from './store.js';
import {make} from './words.js';

const PAIR = ['premise', 'hypothesis', 'model'];

const table = ({headings, rows}) =>
  make(
    'table',
    {},
    make('thead', {}, make('tr', {}, ...headings.map(one => make('th', {scope: 'col'}, one)))),
    make('tbody', {}, ...rows.map(row => make('tr', {}, ...row.map(cell => make('td', {}, cell))))),
  );

class Card {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.question = element.dataset.question;
    this.slot = `card-${this.question}`;
    this.reads = [...(element.dataset.of === 'model' ? ['model'] : PAIR), ...element.dataset.reads.split(' ').filter(Boolean)];
    this.redraws = (element.dataset.redraws ?? '').split(' ').filter(Boolean); // marked in a result, which itself stays
    this.waits = 'run' in element.dataset; // for its button
    this.inSight = false;
    this.shown = null;
    this.first = ['title', 'says'].map(name => [name, this.find(`[data-${name}]`).textContent]);
    this.find('[data-start]')?.addEventListener('click', () => (this.running ? this.stop() : this.run()));
    element.addEventListener('click', event => {
      const {format} = event.target.dataset;
      if (format) saveFigure(this.find('[data-figure]'), format, this.question.replaceAll('.', '-'));
    });
    this.find('[data-file]')?.addEventListener('change', () => {
      this.stop(); // what is shown is not of this file
      this.sketch();
    });
    new IntersectionObserver(entries => {
      this.inSight = entries.at(-1).isIntersecting;
      this.update();
    }).observe(element);
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  keyOf(names) {
    return JSON.stringify(names.map(name => choiceOf(this.page.store.get(), name)));
  }

  get key() {
    return this.keyOf([...this.reads, ...this.redraws]);
  }

  update() {
    this.element.classList.toggle('is-shown', this.shown === this.key); // the answer to what is chosen now
    if (this.shown === this.key) return;
    const reads = this.keyOf(this.reads);
    if (this.waits && this.result !== reads) {
      if (this.running && this.work !== reads) this.stop(); // its answer would be to what was asked before
      if (this.shown !== null) this.sketch();
      return;
    }
    if (this.inSight) this.run();
  }

  // Whether it would be drawn if it were in sight.
  get missing() {
    const waits = this.waits && this.result !== this.keyOf(this.reads);
    return !waits && this.shown !== this.key && this.element.checkVisibility();
  }

  run() {
    if (this.asked !== this.key || !this.running) this.answered = this.answer();
    return this.answered;
  }

  async answer() {
    const {key} = this;
    const work = this.keyOf(this.reads);
    this.asked = key;
    this.work = work;
    this.running = true;
    this.element.setAttribute('aria-busy', 'true');
    this.progress('');
    try {
      const answer = await ask(this.question, this.page.store.get(), {
        slot: this.slot,
        file: this.find('[data-file]')?.files[0],
        onProgress: ({progress, message}) => this.progress(`${Math.round(100 * progress)} %${message ? `: ${message}` : ''}`),
      });
      if (!answer) return;
      await this.show(answer);
      if (this.asked !== key) return; // what was asked next may be there already
      this.shown = key;
      this.result = work;
      this.element.classList.toggle('is-shown', key === this.key);
    } catch (error) {
      this.fail(error);
      this.shown = error.unreachable ? null : key;
    } finally {
      if (this.asked === key) {
        this.running = false;
        this.element.removeAttribute('aria-busy');
        this.button();
        if (this.shown === key) this.update(); // something was chosen meanwhile
      }
    }
  }

  stop() {
    stop(this.slot);
    this.running = false;
    this.button();
    this.find('[data-progress]').textContent = '';
  }

  progress(text) {
    const place = this.find('[data-progress]');
    if (!place) return;
    place.textContent = text;
    this.button();
  }

  // The one button starts the work; while it runs, it stops it.
  button() {
    const button = this.find('[data-start]');
    if (!button) return;
    button.dataset.label ??= button.textContent.trim().replaceAll(/\s+/g, ' ');
    button.textContent = this.running ? 'Stop' : button.dataset.label;
  }

  sketch() {
    this.shown = null;
    this.result = null;
    this.find('.sketch').hidden = false;
    for (const name of ['figure', 'html', 'numbers', 'save']) this.find(`[data-${name}]`).hidden = true;
    for (const [name, text] of this.first) this.find(`[data-${name}]`).textContent = text;
    this.find('[data-progress]').textContent = '';
    this.find('[data-error]').hidden = true;
  }

  async show(answer) {
    const error = this.find('[data-error]');
    error.hidden = true;
    this.find('[data-title]').textContent = answer.title;
    this.find('[data-says]').textContent = answer.says;
    this.find('[data-html]').hidden = !answer.html;
    if (answer.html) this.find('[data-html]').innerHTML = answer.html; // from a template that escapes
    const sketch = this.find('.sketch');
    if (sketch) sketch.hidden = true;
    const numbers = this.find('[data-numbers]');
    numbers.hidden = !answer.table;
    if (answer.table) numbers.querySelector('.scroll').replaceChildren(table(answer.table));
    this.find('[data-save]').hidden = !answer.figure;
    this.find('[data-figure]').hidden = !answer.figure;
    if (answer.figure) {
      await drawFigure(this.find('[data-figure]'), answer, {
        library: new URL(this.page.settings.plotly, this.page.base),
        onPress: fields => this.page.store.set(fields),
      });
    }
  }

  fail(error) {
    const place = this.find('[data-error]');
    place.hidden = false;
    place.textContent = error.message;
  }
}

export const startCards = page => {
  const {root, store} = page;
  const cards = new Map();
  const collect = () => {
    for (const element of root.querySelectorAll('.card[data-question]')) {
      if (!cards.has(element)) cards.set(element, new Card(element, page));
    }
  };
  store.subscribe(() => {
    for (const card of cards.values()) card.update();
  });
  new MutationObserver(collect).observe(root.querySelector('.all-views'), {childList: true, subtree: true});
  collect();
  new MutationObserver(() => recolour(root)).observe(document.body, {attributeFilter: ['class']}); // another theme
  const missing = () => [...cards.values()].filter(card => card.missing);
  return {missing: () => missing().length > 0, drawAll: () => Promise.all(missing().map(card => card.run()))};
};
