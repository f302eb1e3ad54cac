import { initial } from "/static/now/js/store/reducer.js";
import { equal } from "../expect.js";
import { fed, ines, listed, lost, play, SECOND_MS, tick } from "./cast.js";

export const specs = {
  "pings carry the cursor of a connection that may not see everything"() {
    equal(play(listed(), { type: "ping", head: 140, epoch: "e" }).seq, 140);
    equal(play(listed(), { type: "ping", head: 90, epoch: "e" }).seq, 100);
  },

  "a resync asks for the list again and goes on from the head"() {
    const state = play(listed(), { type: "resync", head: 7000, epoch: "e", reason: "behind" });
    equal([state.seq, state.generation, state.connection.state, state.list.ids.length], [7000, 1, "live", 3]);
  },

  "another epoch forgets what was known, for versions may have gone back"() {
    const state = play(listed(), { type: "resync", head: 5, epoch: "f", reason: "epoch" });
    equal([state.seq, state.epoch, state.byId, state.list.state, state.generation], [5, "f", {}, "loading", 1]);
  },

  "a ping of another epoch is a resync"() {
    equal(play(listed(), { type: "ping", head: 5, epoch: "f" }).generation, 1);
  },

  "what has not been confirmed for longer than two pings is stale"() {
    equal(play(fed(), tick(45)).connection.stale, false);
    equal(play(fed(), tick(46)).connection.stale, true);
  },

  "pings, events and polls keep it fresh"() {
    const ping = { type: "ping", head: 100, epoch: "e", atMs: 40 * SECOND_MS };
    const event = { type: "event", seq: 101, name: "status_update", data: { id: "1", version: 1 }, changes: {}, atMs: 40 * SECOND_MS };
    const polled = { type: "polled", head: 100, more: false, atMs: 40 * SECOND_MS };
    equal([ping, event, polled].map((message) => play(fed(), message, tick(80)).connection.stale), [false, false, false]);
  },

  "lost, it grows old from when it was last heard, and is fresh once it is live again"() {
    const stale = play(fed(), { type: "ping", head: 100, epoch: "e", atMs: 10 * SECOND_MS }, lost, tick(56));
    equal([stale.connection.stale, stale.connection.heardAtMs], [true, 10 * SECOND_MS]);
    equal(play(stale, { type: "welcome", head: 100, epoch: "e", atMs: 0 }).connection.stale, true);
    equal(play(stale, { type: "live", head: 100, atMs: 60 * SECOND_MS }).connection.stale, false);
  },

  "what a replay brings does not make the page look fresh before it is through"() {
    const event = { type: "event", seq: 101, name: "status_update", data: { id: "1", version: 1 }, changes: {}, atMs: 60 * SECOND_MS };
    const behind = play(fed(), lost, tick(46), { type: "welcome", head: 200, epoch: "e", atMs: 60 * SECOND_MS }, event);
    equal([behind.connection.state, behind.connection.stale, behind.connection.heardAtMs], ["catching_up", true, 0]);
  },

  "who was given other sites while away fetches anew, and who was not does not"() {
    const welcome = (sites) => ({ type: "welcome", head: 100, epoch: "e", sites, atMs: 0 });
    const generations = (...sites) => play(fed(), ...sites.map(welcome)).generation - fed().generation;
    equal(generations(null, null), 0);
    equal(generations(["North"], ["North"]), 0);
    equal(generations(["North"], ["North", "South"]), 1);
    equal(generations(["North"], null, null), 1);
    equal(generations(undefined, undefined), 0);
  },

  "sites that are known from a resync, a poll or a successor are no news to the next welcome"() {
    const sites = ["North"];
    const welcome = { type: "welcome", head: 100, epoch: "e", sites, atMs: 0 };
    const ways = [
      { type: "resync", head: 100, epoch: "e", reason: "rights", sites, atMs: 0 },
      { type: "connection_renewed", sites },
      { type: "polled", head: 100, more: false, sites, atMs: 0 },
    ];
    const moved = (way) => {
      const before = play(fed(), { ...welcome, sites: null });
      return [way, welcome].map((_, index, both) => play(before, ...both.slice(0, index + 1)).generation - before.generation);
    };
    equal(ways.map(moved), [[1, 1], [1, 1], [0, 0]]);
  },

  "a list that was on its way when the first cursor came may be older, and is read again"() {
    const welcome = { type: "welcome", head: 105, epoch: "e", atMs: 0 };
    const asked = play(initial, { type: "list_requested", filters: initial.list.filters });
    const answered = play(asked, { type: "list_arrived", page: { items: [], next_cursor: null, head_seq: 100, epoch: "e" } });
    equal([asked, answered, initial].map((state) => play(state, welcome).generation), [1, 0, 0]);
  },

  "a device whose time is set back still sees it grow old"() {
    const state = play(fed(), { type: "ping", head: 100, epoch: "e", atMs: 3600 * SECOND_MS }, tick(100), tick(146));
    equal([state.connection.stale, state.connection.heardAtMs], [true, 100 * SECOND_MS]);
  },

  "a page that was never connected is as old as itself"() {
    const state = play(initial, { type: "signed_in", operator: ines }, tick(100), tick(146));
    equal([state.connection.stale, state.connection.heardAtMs], [true, 100 * SECOND_MS]);
    equal(play(initial, tick(100), tick(146)).connection.stale, false);
  },

  "a second way to be live is not a second life, a lost one is"() {
    const polled = { type: "polled", head: 100, more: false, atMs: 0 };
    equal(play(fed(), polled, polled).connection.catchUps, 1);
    equal(play(fed(), lost, polled).connection.catchUps, 2);
  },
};
