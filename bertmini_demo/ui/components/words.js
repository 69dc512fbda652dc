// Small words for the page: percentages and labels, as Python writes them.

export const percent = share => {
  if (share > 0 && share < 0.005) return '<1\u00a0%';
  if (share >= 0.995 && share < 1) return '>99\u00a0%';
  return `${Math.round(100 * share)}\u00a0%`;
};
export const labelName = label => label.replaceAll('_', ' ');

// An element with text and children; nothing that a reader typed is ever read as markup.
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
};
