// The list's filters as the address says them, and whether a complaint belongs.
import { OPEN_STATUSES, SEVERITIES, STATUSES } from "../text/words.js";

export const NO_FILTERS = Object.freeze({
  status: [],
  severity: [],
  category: [],
  site: [],
  created_after: null,
  created_before: null,
});
const FIXED = { status: STATUSES, severity: SEVERITIES };
const LISTS = ["status", "severity", "category", "site"];
const INSTANTS = ["created_after", "created_before"];

function known(values, all) {
  return all.filter((value) => values.includes(value));
}

function split(texts) {
  return texts.flatMap((text) => text.split(","));
}

/** What is given once is split at its commas; what is given again is taken whole, for a site may have commas. */
function read(search, name) {
  const texts = search.getAll(name);
  return name === "site" && texts.length > 1 ? texts : split(texts);
}

function readWords(search, name) {
  return [...new Set(read(search, name).map((word) => word.trim()).filter(Boolean))];
}

function readInstant(search, name) {
  const text = search.get(name);
  return Number.isNaN(Date.parse(text ?? "")) ? null : text;
}

/** `?status=open` is the short form of all open statuses. Unknown statuses and severities, and what is no time, are left out. */
export function parseFilters(search) {
  const status = read(search, "status").flatMap((word) => (word === "open" ? OPEN_STATUSES : [word]));
  return {
    status: known(status, STATUSES),
    severity: known(read(search, "severity"), SEVERITIES),
    category: readWords(search, "category"),
    site: readWords(search, "site"),
    created_after: readInstant(search, "created_after"),
    created_before: readInstant(search, "created_before"),
  };
}

export function isOpenOnly(filters) {
  return filters.status.join() === OPEN_STATUSES.join();
}

function said(value) {
  return encodeURIComponent(value).replaceAll("%3A", ":");
}

/** Each value by itself, a single one twice: so that nobody splits it. */
function again(name, values) {
  return (values.length > 1 ? values : [values[0], values[0]]).map((value) => `${name}=${said(value)}`).join("&");
}

export function listAddress(filters) {
  const lists = LISTS.filter((name) => filters[name].length).map((name) => {
    const values = name === "status" && isOpenOnly(filters) ? ["open"] : filters[name];
    return values.join().split(",").length > values.length ? again(name, values) : `${name}=${values.map(said).join(",")}`;
  });
  const instants = INSTANTS.filter((name) => filters[name]).map((name) => `${name}=${said(filters[name])}`);
  const parts = [...lists, ...instants];
  return parts.length ? `/?${parts.join("&")}` : "/";
}

export function isFiltered(filters) {
  return LISTS.some((name) => filters[name].length > 0) || INSTANTS.some((name) => filters[name] !== null);
}

/** Both ends of the time are exclusive, as in the API. */
export function matches(filters, complaint) {
  const { created_after: after, created_before: before } = filters;
  const created = Date.parse(complaint.created_at);
  return (
    LISTS.every((name) => !filters[name].length || filters[name].includes(complaint[name])) &&
    (after === null || created > Date.parse(after)) &&
    (before === null || created < Date.parse(before))
  );
}

/** The same filters with one value of `name` put in or taken out. */
export function toggled(filters, name, value) {
  const has = filters[name].includes(value);
  const values = has ? filters[name].filter((other) => other !== value) : [...filters[name], value];
  return { ...filters, [name]: FIXED[name] ? known(values, FIXED[name]) : values };
}

/** The same filters for any time. */
export function atAnyTime(filters) {
  return { ...filters, created_after: null, created_before: null };
}
