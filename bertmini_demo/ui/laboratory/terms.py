"""What a technical word means, shown beside it on hover, focus or tap."""

MEANING = '<div class="meaning" id="meaning" role="tooltip" hidden></div>'

# One box for the whole page, filled with the meaning that the term itself holds; it stays while the pointer is on it.
SHOW_MEANING = """
const box = element.querySelector('.meaning');
let told = null;
const hide = () => { told?.removeAttribute('aria-describedby'); told = null; box.hidden = true; };
const show = term => {
  if (told !== term) hide();
  told = term;
  box.textContent = term.dataset.meaning;
  box.hidden = false;
  term.setAttribute('aria-describedby', box.id);
  const at = term.getBoundingClientRect(), size = box.getBoundingClientRect();
  const above = at.top - size.height - 6, below = at.bottom + 6;
  box.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - size.width - 8))}px`;
  box.style.top = `${below + size.height < innerHeight || above < 0 ? below : above}px`;
};
['mouseover', 'focusin', 'click'].forEach(kind => document.addEventListener(kind, event => {
  const term = event.target.closest?.('.term');
  if (term) show(term);
  else if (told && event.target !== box && (kind !== 'mouseover' || document.activeElement !== told)) hide();
}));
document.addEventListener('keydown', event => { if (event.key === 'Escape') hide(); });
document.addEventListener('scroll', () => { if (told && document.activeElement !== told) hide(); }, true);
"""
