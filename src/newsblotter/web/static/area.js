// The small map of one incident: its area, and nothing smaller than what is known.
import { startArea } from "./map.js";

for (const pane of document.querySelectorAll("[data-area]")) startArea(pane);
