"""Bars and numbers that move from what was shown before to what is shown now, in the browser."""

# What arrives is right at once, in the markup and to a screen reader's eye; only its look catches up. A newer value ends
# the movement to an older one, and where less motion is asked for there is none.
MOVE = """
const SPAN = 450;  // milliseconds
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const bars = () => [...element.querySelectorAll('.bar')].map(bar => {
  const fill = bar.querySelector('.fill'), share = bar.querySelector('.share');
  return {fill, share, width: fill.style.width, text: share.textContent};
});
let shown = bars(), turn = 0;
watch('value', () => {
  const before = shown, mine = ++turn, start = performance.now();
  shown = bars();
  const now = shown, same = now.every((bar, place) => bar.width === before[place]?.width);
  if (still() || same || before.length !== now.length) return;
  const live = element.querySelector('[aria-live]');  // a number on its way is not read out
  live?.setAttribute('aria-busy', 'true');
  now.forEach(({fill, width}, place) => fill.animate(
    {width: [before[place].width, width]}, {duration: SPAN, easing: 'cubic-bezier(0.2, 0.7, 0.3, 1)'}));
  const step = time => {
    const part = Math.min(1, Math.max(0, (time - start) / SPAN)), eased = 1 - (1 - part) ** 3;
    const ended = part === 1 || mine !== turn;
    now.forEach(({share, text}, place) => {
      const from = parseFloat(before[place].text), to = parseFloat(text);
      share.textContent = ended ? text : `${(from + (to - from) * eased).toFixed(1)}%`;
    });
    if (ended) live?.removeAttribute('aria-busy');
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
});
"""
