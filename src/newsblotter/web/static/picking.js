// Words that are selected in a report can be taken along to a correction of one of its incidents.

const MOST = 1000; // characters that a correction keeps
const text = document.querySelector("[data-pick]");
const bar = document.querySelector("[data-picking]");

const picked = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return "";
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return "";
  return selection.toString().replace(/\s+/g, " ").trim().slice(0, MOST);
};

const show = () => {
  const words = picked();
  bar.hidden = !words;
  if (!words) return;
  bar.querySelector("[data-picked]").textContent = words;
  for (const link of bar.querySelectorAll("[data-pick-for]")) {
    const url = new URL(link.href);
    url.searchParams.set("quote", words);
    link.href = url;
  }
};

if (text && bar) {
  document.addEventListener("pointerup", (event) => bar.contains(event.target) || setTimeout(show));
  document.addEventListener("keyup", (event) => event.shiftKey && show());
  bar.querySelector("[data-pick-off]").addEventListener("click", () => {
    getSelection().removeAllRanges();
    bar.hidden = true;
  });
}
