// The incidents' page: links and forms of the filter change its parts in place; the timeline is brushed, the map dragged.
import { startMap } from "./map.js";

const board = document.querySelector("[data-live]");
const PARTS = ["facets", "timeline", "summary", "take", "list"];
let pending = null;

/** Fetch a page of ours and put its parts where the old ones are. */
async function go(url, { push = true, keep = [] } = {}) {
  pending?.abort();
  pending = new AbortController();
  board.classList.add("busy");
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" }, signal: pending.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-live]")) throw new Error("another page");
    for (const id of PARTS) if (!keep.includes(id)) document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    refill(page);
    if (push) history.pushState({}, "", url);
    prepare();
    document.dispatchEvent(new CustomEvent("filter"));
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(url); // the server says what is wrong
  }
  board.classList.remove("busy");
}

/** The form keeps the focus and its fields; their values follow the filter. */
function refill(page) {
  const [form, fresh] = [board, page].map((root) => root.querySelector(".filter-form"));
  for (const input of form.querySelectorAll("input[type=hidden]")) input.remove();
  form.prepend(...[...fresh.querySelectorAll("input[type=hidden]")].map((input) => document.adoptNode(input)));
  for (const input of form.querySelectorAll("input[name]:not([type=hidden])")) if (input !== document.activeElement) input.value = fresh.elements[input.name].value;
}

/** The address of a form's answer without its empty fields. */
function addressOf(form) {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  return `/${pairs.length ? "?" : ""}${new URLSearchParams(pairs)}`;
}

board.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const href = link.getAttribute("href") ?? link.getAttribute("xlink:href");
  if (href !== "/" && !href.startsWith("/?")) return;
  event.preventDefault();
  if (link.matches("[data-more]")) await showMore(link, href);
  else await go(href);
});

async function showMore(link, href) {
  const page = new DOMParser().parseFromString(await (await fetch(href)).text(), "text/html");
  const cards = page.querySelectorAll("[data-cards] > li");
  document.querySelector("[data-cards]").append(...cards);
  const next = page.querySelector("[data-more]");
  if (next) link.setAttribute("href", next.getAttribute("href"));
  else link.closest("p").remove();
  cards[0]?.querySelector("a")?.focus();
}

board.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filter]")) return;
  event.preventDefault();
  go(addressOf(event.target));
});
board.addEventListener("change", (event) => {
  if (event.target.closest("[data-instant]")) go(addressOf(event.target.form));
});
addEventListener("popstate", () => go(location.href, { push: false }));

// --- the timeline -------------------------------------------------------------------------------------------------

function prepare() {
  const timeline = document.querySelector("[data-timeline]");
  const bars = timeline?.querySelector(".bars");
  if (!bars) return;
  const steps = JSON.parse(timeline.dataset.steps);
  const brush = bars.querySelector(".brush");
  let from = null;
  const stepAt = (event) => {
    const box = bars.getBoundingClientRect();
    return Math.min(steps.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * steps.length)));
  };
  const draw = (left, right) => {
    brush.removeAttribute("hidden");
    brush.setAttribute("x", `${(left * 100) / steps.length}%`);
    brush.setAttribute("width", `${((right - left + 1) * 100) / steps.length}%`);
  };
  bars.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = { step: stepAt(event), x: event.clientX, moved: false };
  });
  bars.addEventListener("pointermove", (event) => {
    if (!from) return;
    if (!from.moved && Math.abs(event.clientX - from.x) > 4) {
      from.moved = true;
      bars.setPointerCapture(event.pointerId);
    }
    if (from.moved) draw(...[from.step, stepAt(event)].sort((a, b) => a - b));
  });
  const stop = (event) => {
    const began = from;
    from = null;
    if (!began?.moved) return;
    bars.addEventListener("click", (click) => (click.preventDefault(), click.stopPropagation()), { capture: true, once: true });
    setTimeout(() => bars.dispatchEvent(new Event("click")), 0); // the listener goes even where no click follows
    if (event.type === "pointercancel") return brush.setAttribute("hidden", "");
    const [left, right] = [began.step, stepAt(event)].sort((a, b) => a - b);
    changeFilter({ since: steps[left][1], until: steps[right][2] });
  };
  bars.addEventListener("pointerup", stop);
  bars.addEventListener("pointercancel", stop);
  bars.addEventListener("dragstart", (event) => event.preventDefault());
}

/** Go to the same list with some parameters set, or taken out (null). */
function changeFilter(values, options) {
  const query = new URLSearchParams(location.search);
  query.delete("after");
  for (const [name, value] of Object.entries(values)) value === null ? query.delete(name) : query.set(name, value);
  const words = query.toString().replaceAll("%2C", ",");
  return go(`/${words && "?"}${words}`, options);
}

if (matchMedia("(max-width: 46rem)").matches) document.querySelector("[data-fold]").open = false;
prepare();
const pane = document.querySelector("[data-map]");
if (pane) startMap(pane, changeFilter);
