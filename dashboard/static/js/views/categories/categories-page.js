// How long complaints of each category may wait to be acknowledged, and what follows; for admins.
import { useEffect, useRef, useState } from "preact/hooks";
import { readItems } from "../../http/paging.js";
import { afterwardsLine, timesLine } from "../../text/category-words.js";
import { capital } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Failure } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { CategoryForm } from "./category-form.js";

function useCategories() {
  const { api } = useApp();
  const [found, setFound] = useState({ items: null, problem: null });
  const load = async () => {
    try {
      setFound({ items: await readItems(api, "/categories"), problem: null });
    } catch (problem) {
      setFound({ items: null, problem });
    }
  };
  useEffect(() => void load(), []);
  const changed = (category) =>
    setFound(({ items }) => ({ items: items.map((other) => (other.name === category.name ? category : other)), problem: null }));
  return { ...found, load, changed };
}

function Category({ category, changed }) {
  const [open, setOpen] = useState(false);
  const opener = useRef(null);
  const close = () => {
    setOpen(false);
    opener.current.focus();
  };
  const name = capital(category.name);
  return html`<li class="category-times">
    <strong>${name}</strong>
    <button type="button" ref=${opener} aria-expanded=${open} aria-label=${`Change ${name}`} onClick=${() => setOpen(!open)}>Change</button>
    <p class="faint">${timesLine(category)}</p>
    <p class="faint">${afterwardsLine(category)}</p>
    ${open && html`<${CategoryForm} category=${category} changed=${changed} close=${close} />`}
  </li>`;
}

export function CategoriesPage() {
  const { items, problem, load, changed } = useCategories();
  const { state } = useApp();
  if (state.value.operator.role !== "admin") {
    return html`<div class="nothing"><h1 tabindex="-1">Categories</h1><p>Only admins change these.</p></div>`;
  }
  return html`
    <h1 tabindex="-1">Categories</h1>
    <p class="lead">How long a complaint may wait to be acknowledged, and who hears of it again if nobody does.</p>
    <${Failure} problem=${problem} retry=${load} />
    ${!items && !problem && html`<p class="loading" role="status">Loading…</p>`}
    ${items && html`<ul class="rows">${items.map((category) => html`<${Category} key=${category.name} category=${category} changed=${changed} />`)}</ul>`}
  `;
}
