/** Advance widths of the letters of DejaVu Sans from space to tilde, thousandths of the size. */
// deno-fmt-ignore
const ADVANCES: readonly number[] = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
  603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
  634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

const FIRST_LETTER = 32;
const OTHER_LETTER = 640;
/** Letters of scripts whose letters are as wide as high. */
const WIDE_LETTER = 1000;
const FIRST_WIDE_CODE = 0x2e80;

/** How much wider bold letters are, on the safe side. */
const BOLD_FACTOR = 1.14;

/**
 * How wide a line of text is in DejaVu Sans of the given size; there are no text metrics without a browser.
 *
 * Exact but for kerning in regular ASCII text, a little too wide in bold, a guess for other scripts.
 */
export function textWidth(text: string, size: number, bold = false): number {
  let thousandths = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    thousandths += ADVANCES[code - FIRST_LETTER] ?? (code >= FIRST_WIDE_CODE ? WIDE_LETTER : OTHER_LETTER);
  }
  return thousandths * size * (bold ? BOLD_FACTOR : 1) / 1000;
}

/** The text on one line, cut with an ellipsis where it would be wider than `width`. */
export function fittedText(text: string, width: number, size: number, bold = false): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (textWidth(line, size, bold) <= width) return line;
  const letters = [...line];
  const room = width - textWidth("\u2026", size, bold);
  while (letters.length > 0 && textWidth(letters.join(""), size, bold) > room) letters.pop();
  return `${letters.join("").trimEnd()}\u2026`;
}
