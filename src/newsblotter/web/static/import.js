// Follows an import until it is done.
const sheet = document.querySelector("[data-progress]");
const EVERY_MS = 700;

async function follow() {
  const told = await (await fetch(sheet.dataset.progress)).json();
  const bar = sheet.querySelector("progress");
  sheet.querySelector("[data-label]").textContent = told.label;
  sheet.querySelector("[data-counted]").textContent = told.counted;
  bar.hidden = !told.running;
  if (told.share === null) bar.removeAttribute("value");
  else bar.value = told.share;
  sheet.querySelector("[data-done]").hidden = told.stage !== "done";
  sheet.dataset.running = told.running ? "1" : "0";
  if (told.running) setTimeout(follow, EVERY_MS);
}

if (sheet?.dataset.running === "1") follow();
