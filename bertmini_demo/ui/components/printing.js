// Print: what has not been in sight yet is drawn first, each figure shrinks to the paper, and paper is light.

const fit = root => {
  for (const figure of root.querySelectorAll('.plot .svg-container')) {
    const {offsetWidth: width, offsetHeight: height} = figure;
    if (!width) continue;
    figure.style.setProperty('--drawn', `${width}px`);
    figure.style.setProperty('--ratio', width / height);
    for (const svg of figure.querySelectorAll('.main-svg')) svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }
};

// Without it Plotly's own width holds again.
const release = root => {
  for (const svg of root.querySelectorAll('.plot .main-svg')) svg.removeAttribute('viewBox');
};

// Paper is light. The figures follow the class of the theme, see card.js, before the browser prints.
const lighten = ({classList}) => {
  if (!classList.contains('dark')) return;
  classList.remove('dark');
  addEventListener('afterprint', () => classList.add('dark'), {once: true});
};

export const startPrinting = ({root}, {missing, drawAll}) => {
  const button = root.querySelector('[data-action="print"]');
  button.addEventListener('click', async () => {
    button.disabled = true;
    await drawAll();
    button.disabled = false;
    window.print();
  });
  // The browser's own command prints at once: what is missing comes with the next try.
  addEventListener('beforeprint', () => {
    root.querySelector('#print-note').hidden = !missing();
    drawAll();
    lighten(document.body);
    fit(root);
  });
  addEventListener('afterprint', () => release(root));
};
