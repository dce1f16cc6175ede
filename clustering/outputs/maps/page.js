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
// Names that would cover another are hidden until the map is close enough to tell them apart.
function thinNames() {
  const kept = [];
  for (const name of document.querySelectorAll(".zone-name span")) {
    name.style.visibility = "visible";
    const box = name.getBoundingClientRect();
    const covers = kept.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
    name.style.visibility = covers ? "hidden" : "visible";
    if (!covers) kept.push(box);
  }
}
drawnMap.on("zoomend layeradd resize", thinNames);
thinNames();
for (const button of document.querySelectorAll("button.zoom")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    drawnMap.fitBounds(JSON.parse(button.dataset.bounds), { padding: [30, 30], animate: false });
    document.querySelector(".map-frame").scrollIntoView({ block: "start" });
  });
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
