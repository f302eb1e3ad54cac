// What somebody is about to save: every change builds on the one before, rendered or not, and saving takes the last.
import { useRef, useState } from "preact/hooks";

/** Returns {draft, set(part or draft => part), latest()}; `draft` is as it was rendered, `latest()` as it is. */
export function useDraft(initial) {
  const known = useRef(initial);
  const [draft, show] = useState(initial);
  const set = (part) => {
    known.current = { ...known.current, ...(typeof part === "function" ? part(known.current) : part) };
    show(known.current);
  };
  return { draft, set, latest: () => known.current };
}
