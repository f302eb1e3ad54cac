// A message's text and entities as DOM. Offsets count UTF-16 units, which is how JavaScript counts too.

import { h } from "./dom.js";

const SIMPLE = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote" };

// These stand on lines of their own; the line break after them is theirs.
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

// Nodes for the text; oncommand is called with a /command that was clicked.
export function richText(text, entities, oncommand) {
  return build(text, 0, text.length, entities ?? [], oncommand);
}

function build(text, start, end, entities, oncommand) {
  const nodes = [];
  let at = start;
  const queue = [...entities];
  while (queue.length) {
    const entity = queue.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset < at || entity.offset >= stop) continue;
    nodes.push(text.slice(at, entity.offset));
    const inner = [];
    while (queue.length && queue[0].offset < stop) inner.push(...split(queue.shift(), stop, queue));
    nodes.push(wrap(entity, text.slice(entity.offset, stop), build(text, entity.offset, stop, inner, oncommand), oncommand));
    at = BLOCKS.has(entity.type) && text[stop] === "\n" ? stop + 1 : stop;
  }
  nodes.push(text.slice(at, end));
  return nodes.filter((node) => node !== "");
}

// The part of an entity up to stop; what lies beyond goes back into the queue.
function split(entity, stop, queue) {
  const beyond = entity.offset + entity.length - stop;
  if (beyond <= 0) return [entity];
  queue.unshift({ ...entity, offset: stop, length: beyond });
  queue.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return [{ ...entity, length: entity.length - beyond }];
}

function wrap(entity, text, children, oncommand) {
  if (SIMPLE[entity.type]) return h(SIMPLE[entity.type], {}, children);
  if (entity.type === "url") return link(text, children);
  if (entity.type === "text_link") return link(entity.url, children);
  if (entity.type === "bot_command") {
    return h("button", { type: "button", class: "command", onclick: () => oncommand(text) }, children);
  }
  if (entity.type === "spoiler") {
    return h("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("shown") }, children);
  }
  return h("span", { class: "tag" }, children);
}

function link(url, children) {
  if (!/^https?:\/\//i.test(url)) return h("span", { class: "tag" }, children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}
