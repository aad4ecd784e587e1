// What every page does with JavaScript; without it everything still reads.
import "./theme.js";

document.documentElement.classList.add("scripted");

// --- files to import: chosen, or dropped, a folder as well --------------------------------------------------------------

const MOST_FILES = 1000; // a server takes no more parts in one form
const READABLE = /\.(txt|html?|json|jsonl)(\.gz)?$/i;

/** Every file below what was dropped. */
async function unfold(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time
    if (!some.length) return found;
    for (const one of some) found.push(...(await unfold(one)));
  }
}

for (const drop of document.querySelectorAll("[data-drop]")) {
  const [files, folder] = drop.querySelectorAll("input[type=file]");
  const told = drop.querySelector("[data-chosen]");
  folder.disabled = false;

  const take = (chosen) => {
    const kept = new DataTransfer();
    for (const file of chosen) kept.items.add(file);
    files.files = kept.files;
    tell();
  };
  const tell = () => {
    const count = files.files.length;
    told.hidden = !count;
    told.textContent = (count > MOST_FILES ? told.dataset.tooMany : count === 1 ? told.dataset.one : told.dataset.many).replace("#", count.toLocaleString(document.documentElement.lang));
    if (count && count <= 3) told.textContent += `: ${[...files.files].map((file) => file.name).join(", ")}`;
    files.setCustomValidity(count > MOST_FILES ? told.textContent : "");
  };

  files.addEventListener("change", tell);
  folder.addEventListener("change", () => {
    take([...folder.files].filter((file) => READABLE.test(file.name)));
    folder.value = ""; // its files go with the others
  });
  for (const kind of ["dragenter", "dragover"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over-it");
    });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over-it"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) return take(event.dataTransfer.files);
    const found = (await Promise.all(entries.map(unfold))).flat();
    take(found.filter((file) => READABLE.test(file.name)));
  });
}

// --- small things -------------------------------------------------------------------------------------------------------

// A new alert keeps the hours of where its maker is.
for (const field of document.querySelectorAll("input[data-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || field.value;

// Escape closes an open menu, and so does a click elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
