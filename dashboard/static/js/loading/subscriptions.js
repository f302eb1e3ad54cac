// Work that follows from what is known or from the time, begun piece by piece and ended as a whole.
import { computed, effect, untracked } from "@preact/signals-core";

export class Subscriptions {
  #ends = [];

  /** Takes functions that end something. */
  add(...ends) {
    this.#ends.push(...ends);
  }

  /** Does `work` whenever what `wanted` says has changed, and not for anything that `work` itself touches. */
  watch(wanted, work) {
    const key = computed(wanted);
    const end = effect(() => {
      const value = key.value;
      untracked(() => void work(value));
    });
    this.add(end);
  }

  end() {
    for (const end of this.#ends.splice(0)) end();
  }
}
