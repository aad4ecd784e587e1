// What every page does with JavaScript; without it everything still reads.
import "./theme.js";
