// Lists of the API, which come in pages.
import { query } from "./api.js";

const PAGE_ITEMS = 200;
const MOST_PAGES = 10;

/** What the first page holds. */
export async function readItems(api, path) {
  return (await api.get(`${path}${query({ limit: PAGE_ITEMS })}`)).items;
}

/** What all pages hold, up to a bound. */
export async function readAllItems(api, path) {
  const found = [];
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await api.get(`${path}${query({ limit: PAGE_ITEMS, cursor })}`);
    found.push(...answer.items);
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return found;
}
