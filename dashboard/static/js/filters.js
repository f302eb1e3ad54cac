// The list's filters as the address says them, and whether a complaint belongs.
import { OPEN_STATUSES, SEVERITIES, STATUSES } from "./words.js";

export const NO_FILTERS = Object.freeze({ status: [], severity: [] });

function known(values, all) {
  return all.filter((value) => values.includes(value));
}

function read(search, name) {
  return search.getAll(name).flatMap((text) => text.split(","));
}

/** `?status=open` is the short form of all open statuses. Unknown words are left out. */
export function parseFilters(search) {
  const status = read(search, "status").flatMap((word) => (word === "open" ? OPEN_STATUSES : [word]));
  return { status: known(status, STATUSES), severity: known(read(search, "severity"), SEVERITIES) };
}

export function isOpenOnly(filters) {
  return filters.status.join() === OPEN_STATUSES.join();
}

export function listAddress(filters) {
  const parts = [];
  if (filters.status.length) parts.push(`status=${isOpenOnly(filters) ? "open" : filters.status.join(",")}`);
  if (filters.severity.length) parts.push(`severity=${filters.severity.join(",")}`);
  return parts.length ? `/?${parts.join("&")}` : "/";
}

export function isFiltered(filters) {
  return filters.status.length > 0 || filters.severity.length > 0;
}

export function matches(filters, complaint) {
  return (
    (!filters.status.length || filters.status.includes(complaint.status)) &&
    (!filters.severity.length || filters.severity.includes(complaint.severity))
  );
}

/** The same filters with one value of `name` put in or taken out. */
export function toggled(filters, name, value) {
  const all = name === "status" ? STATUSES : SEVERITIES;
  const chosen = filters[name].includes(value)
    ? filters[name].filter((other) => other !== value)
    : known([...filters[name], value], all);
  return { ...filters, [name]: chosen };
}
