// Work that follows from what is known.
import { computed, effect, untracked } from "@preact/signals-core";

/** Does `work` whenever what `wanted` says has changed, and not for anything that `work` itself touches; returns the end. */
export function watch(wanted, work) {
  const key = computed(wanted);
  return effect(() => {
    const value = key.value;
    untracked(() => void work(value));
  });
}
