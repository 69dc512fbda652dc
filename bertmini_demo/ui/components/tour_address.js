// Where the reader is in the tours: kept by the browser, and written in the address as ?tour=NAME&card=N, counted from 1.

import {writeAddress} from './address.js';

const KEPT = 'bertmini-tour';
const OWN = ['tour', 'card', '__theme', 'guess', 'present'];

export const readProgress = () => {
  try {
    return {at: {}, done: {}, ...JSON.parse(localStorage.getItem(KEPT))};
  } catch {
    return {at: {}, done: {}}; // the browser keeps nothing
  }
};

export const keepProgress = progress => {
  try {
    localStorage.setItem(KEPT, JSON.stringify(progress));
  } catch {
    // it holds until the page is left
  }
};

// {name, index} of the card in the address; bare where the address holds no choices of the reader beside it.
export const readPlace = () => {
  const query = new URLSearchParams(location.search);
  const number = /^[1-9]\d{0,3}$/.test(query.get('card') ?? '') ? Number(query.get('card')) : 1;
  return {name: query.get('tour'), index: number - 1, bare: [...query.keys()].every(name => OWN.includes(name))};
};

export const writePlace = (name, index) => writeAddress({tour: name, card: name && index + 1});
