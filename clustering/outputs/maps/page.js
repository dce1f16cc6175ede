"use strict";
// Everything here is an addition: without it the map and the tables are complete.
drawnMap.attributionControl.setPrefix("Leaflet");
// Inside another page the map may be drawn before it has a size, and that page has a heading of its own.
const frame = document.querySelector(".map-frame");
const corners = JSON.parse(frame.dataset.corners);
let isFitted = false;
new ResizeObserver(() => {
  drawnMap.invalidateSize({ animate: false });
  document.querySelector(".leaflet-control-layers-list").style.height = "";
  if (isFitted || !corners || drawnMap.getSize().y === 0) return;
  drawnMap.fitBounds(corners, { padding: [30, 30], maxZoom: 14, animate: false });
  isFitted = true;
}).observe(frame);
if (window.parent !== window) document.body.classList.add("embedded");
// A name stands right of its anchor, or at the nearest place around it where it covers no other name; a line then leads
// to it. Names without any such place are hidden until the map is close enough to tell them apart.
const besideAnchor = 14, lineHeight = 18, linesAway = 6;
function placesOf(width) {
  const left = -(width + 2 * besideAnchor);
  const rows = [0];
  for (let row = 1; row <= linesAway; row += 1) rows.push(row, -row);
  return rows.flatMap((row) => [[0, lineHeight * row], [left, lineHeight * row]]);
}
function putName(name, [right, down], width) {
  name.style.left = `${besideAnchor + right}px`;
  name.style.top = `${down - lineHeight / 2}px`;
  name.style.textAlign = right === 0 ? "left" : "right";
  name.classList.toggle("led", down !== 0);
  const towardsAnchor = right === 0 ? -besideAnchor : besideAnchor;
  name.style.setProperty("--line-start", `${right === 0 ? 0 : width}px`);
  name.style.setProperty("--line-length", `${Math.hypot(towardsAnchor, down)}px`);
  name.style.setProperty("--line-turn", `${Math.atan2(-down, towardsAnchor)}rad`);
}
function placeNames() {
  const kept = [];
  const covers = (box) => kept.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
  const view = frame.getBoundingClientRect();
  const isInView = (box) => view.left <= box.left && box.right <= view.right && view.top <= box.top && box.bottom <= view.bottom;
  for (const name of document.querySelectorAll(".zone-name span")) {
    putName(name, [0, 0], 0);
    const { left, top, width, height } = name.getBoundingClientRect();
    const boxAt = ([right, down]) => ({ left: left + right, right: left + right + width, top: top + down, bottom: top + down + height });
    const free = placesOf(width).filter((each) => !covers(boxAt(each)));
    const place = free.find((each) => isInView(boxAt(each))) ?? free[0];
    name.style.visibility = place ? "visible" : "hidden";
    if (!place) continue;
    putName(name, place, width);
    kept.push(boxAt(place));
  }
}
drawnMap.on("zoomend layeradd resize", placeNames);
placeNames();
// From afar the schools of several Zones lie within a few pixels. Smaller signs keep the Zones apart.
const zoomOfFullSigns = 9, smallestSign = 0.4;
function sizeSign(layer) {
  if (!(layer instanceof L.CircleMarker)) return;
  layer.ownSize ??= { radius: layer.options.radius, weight: layer.options.weight };
  const share = Math.min(1, Math.max(smallestSign, 1 - 0.3 * (zoomOfFullSigns - drawnMap.getZoom())));
  layer.setStyle({ radius: layer.ownSize.radius * share, weight: layer.ownSize.weight * share });
}
drawnMap.on("zoomend", () => drawnMap.eachLayer(sizeSign));
drawnMap.on("layeradd", ({ layer }) => sizeSign(layer));
drawnMap.eachLayer(sizeSign);
for (const button of document.querySelectorAll("button.zoom")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    drawnMap.fitBounds(JSON.parse(button.dataset.bounds), { padding: [30, 30], animate: false });
    document.querySelector(".map-frame").scrollIntoView({ block: "start" });
  });
}
// On a narrow screen the cells of a row stand below each other, each with its heading.
for (const table of document.querySelectorAll("table.stacked")) {
  const headings = [...table.querySelectorAll("thead th")].map((heading) => heading.textContent);
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, column) => { cell.dataset.label = headings[column]; });
}
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  table.querySelectorAll("thead th").forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const isDescending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      const value = (row) => row.cells[column].textContent.trim();
      const number = (text) => parseFloat(text.replace(/[,%]/g, ""));
      const isNumeric = heading.classList.contains("number");
      const rows = [...body.rows].sort((one, other) => {
        const [first, second] = [value(one), value(other)];
        if (!isNumeric) return first.localeCompare(second);
        const [a, b] = [number(first), number(second)];
        return (Number.isNaN(a) ? -Infinity : a) - (Number.isNaN(b) ? -Infinity : b);
      });
      body.append(...(isDescending ? rows.reverse() : rows));
    });
  });
}
