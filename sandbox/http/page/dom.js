// Small helpers to build elements. Text only ever goes in as text.

const SVG = "http://www.w3.org/2000/svg";

// An element: attributes by name (false and null are left out, "on…" are listeners), then children.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 16-3-6z M11 14l4-4",
  menu: "M5 7h14 M5 12h14 M5 17h9",
  tools: "M4 7h9 M17 7h3 M4 17h3 M11 17h9 M15 5v4 M9 15v4",
  close: "M6 6l12 12 M18 6L6 18",
  link: "M8 16L17 7 M10 7h7v7",
  reply: "M10 6L4 12l6 6 M4 12h9a7 7 0 0 1 7 7",
  down: "M6 9l6 6 6-6",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick, ...attributes }, icon(name));
}

export function avatar(id, name, small = false) {
  const letters = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
  const tint = Math.abs(id) % 6;
  return h("span", { class: small ? "avatar small" : "avatar", "data-tint": tint, "aria-hidden": "true" }, letters);
}
