// Copies what the desk takes from elsewhere into src/newsblotter/web/static/vendor, with licences and a list of hashes,
// and draws the world map from Natural Earth. Run by a maintainer: npm ci && npm run vendor
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { feature, mesh } from "topojson-client";

const HERE = import.meta.dirname;
const TARGET = join(HERE, "../../src/newsblotter/web/static/vendor");
const FROM = join(HERE, "node_modules");
const COPIES = {
  "maplibre-gl/dist/maplibre-gl-csp.js": "maplibre-gl.js", // the build whose worker is a file: no blob: in the policy
  "maplibre-gl/dist/maplibre-gl-csp-worker.js": "maplibre-gl-worker.js",
  "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
  "maplibre-gl/LICENSE.txt": "licences/maplibre-gl.txt",
  "@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2": "newsreader-latin.woff2",
  "@fontsource-variable/newsreader/files/newsreader-latin-ext-wght-normal.woff2": "newsreader-latin-ext.woff2",
  "@fontsource-variable/newsreader/LICENSE": "licences/newsreader.txt",
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
  "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
  "@fontsource-variable/inter/LICENSE": "licences/inter.txt",
  "world-atlas/LICENSE": "licences/world-atlas.txt",
};
const SMALLEST = 0.004; // square degrees: an islet below it is less than a pixel at the zoom where roads would be missed
const DIGITS = 2; // of a degree: a kilometre, which 1:50,000,000 does not hold anyway

const round = (number) => Number(number.toFixed(DIGITS));
const area = (ring) => ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0) / 2;

/** A ring whose longitudes go on beyond 180 degrees instead of jumping to the other side of the map. */
function unwrap(ring) {
  let turn = 0;
  return ring.map(([x, y], i) => {
    const step = i ? x - ring[i - 1][0] : 0;
    if (step > 180) turn -= 360;
    if (step < -180) turn += 360;
    return [x + turn, y];
  });
}

/** The part of a closed ring between two meridians (Sutherland and Hodgman). */
function clip(ring, west, east) {
  const cut = (points, inside, edge) =>
    points.flatMap((to, i) => {
      const from = points[(i + points.length - 1) % points.length];
      const crossing = () => [edge, from[1] + ((edge - from[0]) / (to[0] - from[0])) * (to[1] - from[1])];
      if (inside(to)) return inside(from) ? [to] : [crossing(), to];
      return inside(from) ? [crossing()] : [];
    });
  return cut(cut(ring, ([x]) => x >= west, west), ([x]) => x <= east, east);
}

/** One ring of the globe as rings of the flat map: cut at the antimeridian, closed over the pole. */
function flatten(ring) {
  let points = unwrap(ring);
  const [first, last] = [points[0], points.at(-1)];
  if (Math.abs(last[0] - first[0]) > 180) points = [...points, [last[0], -90], [first[0], -90]]; // Antarctica goes round the pole
  const [low, high] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
  const parts = [];
  for (let turn = Math.floor((low + 180) / 360); turn <= Math.floor((high + 180 - 1e-9) / 360); turn++) {
    const part = clip(points, turn * 360 - 180, turn * 360 + 180).map(([x, y]) => [x - turn * 360, y]);
    if (part.length > 2) parts.push(part);
  }
  return parts;
}

function tidy(points) {
  const rounded = points.map(([x, y]) => [round(x), round(y)]);
  return rounded.filter(([x, y], i) => !i || x !== rounded[i - 1][0] || y !== rounded[i - 1][1]);
}

function close(points) {
  const ring = tidy(points);
  const [first, last] = [ring[0], ring.at(-1)];
  return first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first];
}

const polygons = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
const one = (type, coordinates, properties = {}) => ({ type: "Feature", properties, geometry: { type, coordinates } });

/** Land: outlines alone, as holes (the Caspian Sea) are drawn as water over it. */
function drawLand(topology) {
  const [land, water] = [[], []];
  for (const shape of feature(topology, topology.objects.land).features.flatMap((f) => polygons(f.geometry))) {
    shape.forEach((ring, i) => {
      for (const part of flatten(ring)) if (Math.abs(area(part)) >= SMALLEST) (i ? water : land).push([close(part)]);
    });
  }
  return [one("MultiPolygon", land, { kind: "land" }), one("MultiPolygon", water, { kind: "water" })];
}

function drawBorders(topology) {
  const lines = mesh(topology, topology.objects.countries, (a, b) => a !== b).coordinates.flatMap((line) => {
    const parts = [[]];
    line.forEach((point, i) => {
      if (i && Math.abs(point[0] - line[i - 1][0]) > 180) parts.push([]);
      parts.at(-1).push(point);
    });
    return parts.filter((part) => part.length > 1).map(tidy);
  });
  return one("MultiLineString", lines, { kind: "border" });
}

/** A name at the middle of each country's largest part. */
function placeNames(topology) {
  return feature(topology, topology.objects.countries).features.map(({ geometry, properties }) => {
    const rings = polygons(geometry).flatMap(([outer]) => flatten(outer));
    const largest = rings.reduce((best, ring) => (Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best));
    const twice = largest.map(([x, y], i) => {
      const [u, v] = largest[(i + 1) % largest.length];
      return [(x + u) * (x * v - u * y), (y + v) * (x * v - u * y)];
    });
    const [x, y] = [0, 1].map((axis) => round(twice.reduce((sum, pair) => sum + pair[axis], 0) / (6 * area(largest))));
    return one("Point", [x, y], { kind: "name", name: properties.name, size: Math.round(Math.abs(area(largest))) });
  });
}

function write(name, data) {
  writeFileSync(join(TARGET, name), data);
}

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(join(TARGET, "licences"), { recursive: true });
for (const [from, to] of Object.entries(COPIES)) {
  if (/\.(js|css)$/.test(to)) write(to, readFileSync(join(FROM, from), "utf-8").replace(/^\/\/# sourceMappingURL=.*$/m, "")); // the maps stay behind
  else cpSync(join(FROM, from), join(TARGET, to));
}
const read = (name) => JSON.parse(readFileSync(join(FROM, "world-atlas", name), "utf-8"));
const [land, countries, coarse] = [read("land-50m.json"), read("countries-50m.json"), read("countries-110m.json")];
write("world.geojson", JSON.stringify({ type: "FeatureCollection", features: [...drawLand(land), drawBorders(countries), ...placeNames(coarse)] }));

const lock = JSON.parse(readFileSync(join(HERE, "package-lock.json"), "utf-8")).packages;
const versions = Object.keys(lock[""].devDependencies).map((name) => `${name} ${lock[`node_modules/${name}`].version} (${lock[`node_modules/${name}`].license})`);
const files = readdirSync(TARGET, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(TARGET.length + 1)).sort();
const hashes = files.map((name) => `${createHash("sha256").update(readFileSync(join(TARGET, name))).digest("hex")}  ${name}`);
write("SHA256SUMS", hashes.join("\n") + "\n");
write("VERSIONS", versions.join("\n") + "\nworld.geojson: made by tools/vendor from Natural Earth (public domain), as packed by world-atlas\n");
