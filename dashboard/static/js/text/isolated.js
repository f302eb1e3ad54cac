// Names in sentences. On the page `<bdi>` does the same; attributes, titles and sentences have no elements.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** The text without what would turn the text beside it (UAX #9). */
export function withoutControls(text) {
  return text.replace(CONTROLS, "");
}

/** The text so that it turns nothing beside it. */
export function isolated(text) {
  const line = withoutControls(text);
  return RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line;
}
