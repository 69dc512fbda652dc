// Whether the figure that a card is about has its answer, and whether the reader sees it between the pair bar and the card.

const STEPS = Array.from({length: 21}, (_, step) => step / 20);
const ENOUGH = 0.6; // of the figure, or of the room that there is for it; more than half, as the pair bar may still grow by a line
const WHOLE = 0.9; // likewise
const BUSY = '[aria-busy="true"], .is-waiting, .is-stale';

export const hasAnswer = element =>
  element.checkVisibility() && !element.matches(BUSY) && (!element.matches('.card') || element.classList.contains('is-shown'));

// What is looked at: of a figure card its picture, without the title and the notes.
const pictureOf = element => element.querySelector('.card-body') ?? element;

// Calls `hear` whenever the figure comes into sight, leaves it, or gets its answer. Returns {seen, whole, stop}.
export const watchFigure = (element, room, hear) => {
  let visible = false;
  let whole = false;
  const picture = pictureOf(element);
  const sight = new IntersectionObserver(
    entries => {
      const {isIntersecting, intersectionRatio, intersectionRect, rootBounds} = entries.at(-1);
      const reaches = share => isIntersecting && (intersectionRatio >= share || intersectionRect.height >= share * rootBounds.height);
      [visible, whole] = [reaches(ENOUGH), reaches(WHOLE)];
      hear();
    },
    {root: document, rootMargin: `-${room.top}px 0px -${room.bottom}px`, threshold: STEPS},
  );
  sight.observe(picture);
  const answers = new MutationObserver(hear);
  answers.observe(element, {attributes: true, attributeFilter: ['class', 'aria-busy', 'hidden']});
  return {
    seen: () => visible && hasAnswer(element),
    whole: () => whole,
    stop: () => {
      sight.disconnect();
      answers.disconnect();
    },
  };
};
