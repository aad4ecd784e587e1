// The map: areas that the reports name, never a false pin. MapLibre is fetched when the page has a map; nothing comes from elsewhere.

const CIRCLE_STEPS = 48;
const EARTH_KM = 6371;
const FIRST_ZOOM = 0.6; // the whole world in a narrow column
const LEAST_SPAN_KM = 110; // shown around an incident, so that the map holds something to know the place by
const SAME_ZOOM = 0.8; // cells asked for at a zoom still serve so far from it
const SMALL_KM = 30; // an area up to here is a city: a full dot; a wider one (region, country) a ring, as its middle is nowhere

/** A colour of the theme in force: light-dark() has to be read off an element. */
function shade(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const OTHERWISE = { // names of Natural Earth that browsers have otherwise
  "United States of America": "US", "Dem. Rep. Congo": "CD", Congo: "CG", "Central African Rep.": "CF", "Côte d'Ivoire": "CI", "Dominican Rep.": "DO",
  "Eq. Guinea": "GQ", "Falkland Is.": "FK", "Fr. S. Antarctic Lands": "TF", "Solomon Is.": "SB", "W. Sahara": "EH", "Bosnia and Herz.": "BA", "S. Sudan": "SS",
  Macedonia: "MK", Myanmar: "MM", Palestine: "PS", Turkey: "TR", eSwatini: "SZ", "Trinidad and Tobago": "TT",
};

/** A country's name in the page's language, as the browser knows it. */
function nameOf() {
  const here = document.documentElement.lang;
  if (here === "en") return ["get", "name"];
  const [english, ours] = ["en", here].map((tag) => new Intl.DisplayNames([tag], { type: "region", fallback: "none" }));
  const names = new Map(Object.entries(OTHERWISE).map(([name, code]) => [name, ours.of(code)]));
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (const code of letters.flatMap((first) => letters.map((second) => first + second)))
    if (english.of(code) && !names.has(english.of(code))) names.set(english.of(code), ours.of(code));
  return ["match", ["get", "name"], ...[...names].flat(), ["get", "name"]];
}

/** A circle on the globe as a polygon. */
function circle([lon, lat], km) {
  const [phi, angle] = [(lat * Math.PI) / 180, km / EARTH_KM];
  const ring = [];
  for (let i = 0; i <= CIRCLE_STEPS; i++) {
    const bearing = (i * 2 * Math.PI) / CIRCLE_STEPS;
    const north = Math.asin(Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing));
    const east = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(phi), Math.cos(angle) - Math.sin(phi) * Math.sin(north));
    ring.push([lon + (east * 180) / Math.PI, (north * 180) / Math.PI]);
  }
  return ring;
}

/** Vector tiles in the desk's colours; layers go by the names of Protomaps' and of OpenMapTiles' schemas. */
function shapes(land, water, border, name) {
  const source = "tiles";
  const fill = (layer, colour, opacity = 1) => ({ id: `fill-${layer}`, type: "fill", source, "source-layer": layer, paint: { "fill-color": colour, "fill-opacity": opacity } });
  const line = (layer, width) => ({ id: `line-${layer}`, type: "line", source, "source-layer": layer, paint: { "line-color": border, "line-width": width } });
  const names = (layer) => ({
    id: `names-${layer}`, type: "symbol", source, "source-layer": layer,
    layout: { "text-field": ["coalesce", ["get", "name:latin"], ["get", "name"], ""], "text-size": 12, "text-font": ["Inter", "sans-serif"], "text-max-width": 8 },
    paint: { "text-color": name, "text-halo-color": land, "text-halo-width": 1.2 },
  });
  const wide = ["interpolate", ["exponential", 1.5], ["zoom"], 6, 0.4, 15, 4];
  return [
    fill("earth", land), ...["landcover", "landuse"].map((layer) => fill(layer, border, 0.15)), fill("water", water),
    ...["building", "buildings"].map((layer) => fill(layer, border, 0.5)), ...["roads", "transportation"].map((layer) => line(layer, wide)),
    ...["boundaries", "boundary"].map((layer) => line(layer, 1)), ...["places", "place"].map(names),
  ];
}

function paper(pane) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  const [land, water, border, name] = theme === "dark" ? ["#232b2f", "#10181c", "#3d484d", "#8b9498"] : ["#f4f0e6", "#dbe6e9", "#cfc7b5", "#6d6f6a"];
  const layers = [{ id: "sea", type: "background", paint: { "background-color": water } }];
  const sources = {};
  if (pane.dataset.tiles) {
    const { tiles, tileKind, leastZoom, mostZoom, credit } = pane.dataset;
    const where = tiles.startsWith("/") ? location.origin + tiles : tiles;
    sources.tiles = { type: tileKind, tiles: [where], minzoom: Number(leastZoom), maxzoom: Number(mostZoom), attribution: credit.replace(/[<>&]/g, "") };
    if (tileKind === "vector") layers.push(...shapes(land, water, border, name));
    else {
      sources.tiles.tileSize = 256;
      layers.push({ id: "tiles", type: "raster", source: "tiles" });
    }
  } else {
    sources.world = { type: "geojson", data: new URL(pane.dataset.world, location.href).href, tolerance: 0.3, maxzoom: 8 };
    const kind = (value) => ["==", ["get", "kind"], value];
    layers.push(
      { id: "land", type: "fill", source: "world", filter: kind("land"), paint: { "fill-color": land, "fill-antialias": false } },
      { id: "water", type: "fill", source: "world", filter: kind("water"), paint: { "fill-color": water } },
      { id: "borders", type: "line", source: "world", filter: kind("border"), paint: { "line-color": border, "line-width": 1 } },
      {
        id: "names", type: "symbol", source: "world", filter: kind("name"),
        layout: { "text-field": nameOf(), "text-size": 12, "text-font": ["Inter", "sans-serif"], "symbol-sort-key": ["-", 0, ["get", "size"]], "text-max-width": 7, "text-padding": 8 },
        paint: { "text-color": name, "text-halo-color": land, "text-halo-width": 1.2 },
      },
    );
  }
  const [spot, soft, ink] = [shade("--blot"), shade("--accent"), shade("--on-accent")];
  sources.areas = { type: "geojson", data: collection([]), tolerance: 0.05 }; // circles stay round
  sources.spots = { type: "geojson", data: collection([]) };
  const many = [">", ["get", "count"], 1];
  layers.push(
    { id: "areas", type: "fill", source: "areas", paint: { "fill-color": spot, "fill-opacity": ["interpolate", ["linear"], ["get", "radius"], 10, 0.22, 400, 0.07] } },
    { id: "edges", type: "line", source: "areas", paint: { "line-color": spot, "line-width": 1.2, "line-opacity": 0.75 } },
    { id: "dots", type: "circle", source: "spots", filter: ["!", many], paint: { "circle-radius": 4.5, "circle-color": spot, "circle-opacity": ["case", ["get", "small"], 0.95, 0.12], "circle-stroke-width": 1.5, "circle-stroke-color": ["case", ["get", "small"], shade("--sheet"), spot] } },
    { id: "cells", type: "circle", source: "spots", filter: many, paint: { "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0.3, 11, 2, 17, 4, 26], "circle-color": soft, "circle-opacity": 0.92, "circle-stroke-width": 1.5, "circle-stroke-color": shade("--sheet") } },
    { id: "counts", type: "symbol", source: "spots", filter: many, layout: { "text-field": ["get", "label"], "text-size": 12, "text-font": ["Inter", "sans-serif"], "text-allow-overlap": true }, paint: { "text-color": ink } },
  );
  return { version: 8, sources, layers };
}

function load(script) {
  return new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement("script"), { src: script, onload: resolve, onerror: reject });
    document.head.append(tag);
  });
}

const boxOf = (map) => {
  const bounds = map.getBounds();
  if (bounds.getEast() - bounds.getWest() >= 360) return null;
  const turn = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;
  const clamp = (lat) => Math.min(90, Math.max(-90, lat));
  return [turn(bounds.getWest()), clamp(bounds.getSouth()), turn(bounds.getEast()), clamp(bounds.getNorth())].map((n) => n.toFixed(3)).join(",");
};

/** A map in a pane, with what the reports' areas are drawn into. */
async function open(pane, options) {
  await load(pane.dataset.script);
  const { maplibregl } = window;
  maplibregl.setWorkerUrl(pane.dataset.worker);
  const map = new maplibregl.Map({
    container: pane, style: paper(pane), center: [10, 25], zoom: FIRST_ZOOM, maxZoom: 15, dragRotate: false, pitchWithRotate: false,
    attributionControl: pane.dataset.tiles ? {} : false, fadeDuration: 0, locale: { "Map.Title": pane.dataset.label }, ...options,
  });
  window.deskMap = map; // for tests and pictures
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  const redraw = () => map.setStyle(paper(pane), { diff: false });
  document.addEventListener("theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  return map;
}

const collection = (features) => ({ type: "FeatureCollection", features });
const area = (point, km) => ({ type: "Feature", geometry: { type: "Polygon", coordinates: [circle(point, km)] }, properties: { radius: km } });

/** The area of one incident. */
export async function startArea(pane) {
  const point = [Number(pane.dataset.lon), Number(pane.dataset.lat)];
  const km = Number(pane.dataset.radius);
  const map = await open(pane, { cooperativeGestures: true });
  const ring = circle(point, Math.max(km * 6, LEAST_SPAN_KM));
  const span = (axis) => [Math.min(...ring.map((p) => p[axis])), Math.max(...ring.map((p) => p[axis]))];
  const [[west, east], [south, north]] = [span(0), span(1)];
  map.fitBounds([[west, Math.max(south, -80)], [east, Math.min(north, 80)]], { animate: false, maxZoom: 8 });
  const show = () => {
    if (!map.getSource("areas")) return;
    map.getSource("areas").setData(collection([area(point, km)]));
    if (km <= SMALL_KM) map.getSource("spots").setData(collection([{ type: "Feature", geometry: { type: "Point", coordinates: point }, properties: { count: 1, small: true } }]));
    pane.dataset.shown = "1";
  };
  map.on("style.load", show); // again when the theme changes
}

/** Draw the incidents of the filter in the address, and let the list follow the map where the box is ticked. */
export async function startMap(pane, changeFilter) {
  const points = async (zoom, box) => {
    const query = new URLSearchParams(location.search);
    for (const name of ["bbox", "order", "after"]) query.delete(name);
    query.set("zoom", zoom.toFixed(1));
    if (box) query.set("bbox", box);
    return (await fetch(`${pane.dataset.points}?${query}`)).json();
  };
  const early = points(FIRST_ZOOM); // asked for while the map is being made
  const map = await open(pane);
  const { maplibregl } = window;
  const follow = document.querySelector("[data-follow]");
  const note = document.querySelector("[data-map-note]");
  const asked = new URLSearchParams(location.search).get("bbox");
  follow.checked = Boolean(asked);
  let first = true;
  let answer = null;
  let drawn = { zoom: FIRST_ZOOM, box: null }; // what the answer was asked for
  let byHand = false;

  const show = () => {
    if (!answer || !map.getSource("spots")) return;
    const features = answer.spots.map((spot, at) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [spot.lon, spot.lat] },
      properties: { at, count: spot.count, label: new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" }).format(spot.count), small: !(spot.radius_km > SMALL_KM) },
    }));
    const areas = answer.spots.filter((spot) => spot.count === 1 && spot.radius_km).map((spot) => area([spot.lon, spot.lat], spot.radius_km));
    map.getSource("spots").setData(collection(features));
    map.getSource("areas").setData(collection(areas));
    note.textContent = answer.note;
    pane.dataset.shown = String(answer.total);
  };

  const refresh = async () => {
    if (!first) drawn = { zoom: Math.max(0, map.getZoom()), box: boxOf(map) };
    answer = await (first ? early : points(drawn.zoom, drawn.box));
    if (first) {
      first = false;
      if (asked) {
        const [west, south, east, north] = asked.split(",").map(Number);
        map.fitBounds([[west, south], [east < west ? east + 360 : east, north]], { animate: false });
      } else if (answer.box) map.fitBounds([answer.box.slice(0, 2), answer.box.slice(2)], { padding: 50, maxZoom: 6, animate: false });
    }
    show();
  };

  map.once("style.load", refresh);
  map.on("style.load", show); // again when the theme changes
  for (const kind of ["dragend", "zoomend", "boxzoomend"]) map.on(kind, (event) => (byHand ||= Boolean(event.originalEvent)));
  map.on("moveend", () => {
    if (first) return;
    if (byHand && follow.checked) changeFilter({ bbox: boxOf(map) });
    else if (answer?.clustered && (drawn.box || Math.abs(map.getZoom() - drawn.zoom) > SAME_ZOOM)) refresh();
    byHand = false;
  });
  follow.addEventListener("change", () => changeFilter({ bbox: follow.checked ? boxOf(map) : null }));
  document.addEventListener("filter", () => {
    follow.checked = new URLSearchParams(location.search).has("bbox");
    refresh();
  });

  map.on("click", (event) => {
    const found = map.queryRenderedFeatures(event.point, { layers: ["dots", "cells"] });
    if (!found.length) return;
    const spots = [...new Set(found.map((feature) => feature.properties.at))].map((at) => answer.spots[at]);
    if (spots[0].count > 1) {
      const [west, south, east, north] = spots[0].box;
      map.fitBounds([[west, south], [east, north]], { padding: 60, maxZoom: Math.max(map.getZoom() + 2, 8) });
      return;
    }
    const list = document.createElement("ul");
    list.className = "spot-list";
    for (const spot of spots.filter((one) => one.title)) {
      const [item, link, when] = ["li", "a", "span"].map((tag) => document.createElement(tag));
      Object.assign(link, { href: spot.href, textContent: spot.title });
      Object.assign(when, { className: "hint", textContent: spot.when });
      item.append(link, when);
      list.append(item);
    }
    new maplibregl.Popup({ maxWidth: "280px", closeButton: true }).setLngLat(event.lngLat).setDOMContent(list).addTo(map);
  });
  for (const layer of ["dots", "cells"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}
