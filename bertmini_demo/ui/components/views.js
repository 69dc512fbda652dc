// One view is open at a time. A view's own module, where it has one, is fetched when the view is first opened.

export const startViews = page => {
  const {root, store, settings, base} = page;
  const loaded = new Set();
  const open = async name => {
    for (const view of root.querySelectorAll('.view')) view.hidden = view.id !== `view-${name}`;
    for (const link of root.querySelectorAll('.views [data-view]')) {
      if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const script = settings.scripts[name];
    if (script && !loaded.has(name)) {
      loaded.add(name);
      const {start} = await import(new URL(script, base));
      start({...page, view: root.querySelector(`#view-${name}`)});
    }
  };
  root.querySelector('.views').addEventListener('click', event => {
    const link = event.target.closest('[data-view]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    store.set({view: link.dataset.view});
  });
  store.subscribe((state, changed) => {
    if (changed.has('view')) open(state.view);
  });
  open(store.get().view);
};
