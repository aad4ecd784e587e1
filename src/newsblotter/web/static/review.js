// One key decides and goes on. The keys are those that the buttons name, so the page can be read off the screen.

const typing = (element) => element instanceof HTMLElement && element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
let busy = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const help = document.querySelector("dialog[data-keys]");
  if (event.key === "Escape" && typing(event.target)) {
    event.target.blur();
    return;
  }
  if (typing(event.target) || help?.open) return;
  const key = CSS.escape(event.key);
  const field = document.querySelector(`[data-key-focus="${key}"]`);
  if (field) {
    event.preventDefault();
    field.focus();
    return;
  }
  const wanted = document.querySelector(`[data-key="${key}"], [data-key-too="${key}"]`);
  if (!wanted || busy) return;
  event.preventDefault();
  busy = !wanted.hasAttribute("data-help");
  wanted.click();
});

// An answer on its way is not given a second time by a double click.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});

addEventListener("pageshow", () => {
  busy = false;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-help]"))
  button.addEventListener("click", () => document.querySelector("dialog[data-keys]").showModal());

// What a build kept from being written down is sent again until it is.
for (const form of document.querySelectorAll("form[data-again]")) setTimeout(() => form.requestSubmit(), 1000 * form.dataset.again);
