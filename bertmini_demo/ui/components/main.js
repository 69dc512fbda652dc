// Starts the page: one store, the parts that are always there, and the cards of the open view.

import {mirror} from './address.js';
import {startCards} from './card.js';
import {startChangedWord} from './changed_word.js';
import {startChoices} from './choices.js';
import {startFields} from './fields.js';
import {startDownloads} from './downloads.js';
import {startGuessFirst} from './guess_first.js';
import {startMenu} from './menu.js';
import {startModelLine} from './model_line.js';
import {startPairBar} from './pair_bar.js';
import {startPrinting} from './printing.js';
import {createStore} from './store.js';
import {startTour} from './tour.js';
import {startTerms} from './terms.js';
import {startVerdict} from './verdict_bars.js';
import {startViews} from './views.js';

export const start = element => {
  const root = element.querySelector('#app');
  if (root.dataset.started) return;
  root.dataset.started = 'yes';
  const settings = JSON.parse(root.dataset.settings);
  const store = createStore(settings.state);
  const page = {root, store, settings, base: document.baseURI};
  startTerms(page); // first: Escape closes a meaning before anything else
  startFields(page);
  startVerdict(page);
  startPairBar(page);
  startChangedWord(page);
  startMenu(page);
  startDownloads(page);
  startModelLine(page);
  startChoices(page);
  startViews(page);
  startPrinting(page, startCards(page));
  mirror(store, settings.state, settings.known);
  startGuessFirst(page);
  startTour(page);
};
