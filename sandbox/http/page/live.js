// Follows the sandbox's changes. A hidden tab lets its connection go (a browser opens only six to one server)
// and catches up when it is looked at again.

export class Live {
  #onchange;
  #onstate;
  #cursor = "";
  #source = null;

  // onchange(change) for every change in order; onstate(connected) when the line goes down or comes back.
  constructor(onchange, onstate) {
    this.#onchange = onchange;
    this.#onstate = onstate;
    document.addEventListener("visibilitychange", () => this.#visibility());
  }

  // Start, or start over, from a state's cursor.
  follow(cursor) {
    this.#cursor = cursor;
    this.#close();
    this.#visibility();
  }

  #visibility() {
    if (document.hidden) this.#close();
    else if (!this.#source && this.#cursor) this.#open();
  }

  #open() {
    this.#source = new EventSource(`/sandbox/live?after=${encodeURIComponent(this.#cursor)}`);
    this.#source.onopen = () => this.#onstate(true);
    this.#source.onerror = () => this.#onstate(false);
    this.#source.onmessage = (event) => {
      if (event.lastEventId) this.#cursor = event.lastEventId;
      this.#onchange(JSON.parse(event.data));
    };
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }
}
