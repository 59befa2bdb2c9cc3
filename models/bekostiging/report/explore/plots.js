/**
 * Charts as plain SVG, drawn from numbers; every chart stands beside a table with the same numbers.
 *
 * @typedef {import("./kernel.js").Estimate} Estimate
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of a drawing.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} text
 */
function drawn(name, attributes, text = "") {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, String(value));
  if (text !== "") found.textContent = text;
  return found;
}

/**
 * An empty drawing that a screen reader calls by its label.
 * @param {number} width
 * @param {number} height
 * @param {string} label
 */
function canvas(width, height, label) {
  return drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "chart" });
}

/**
 * Round numbers between two ends, for an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function ticks(low, high, most) {
  const rough = (high - low || 1) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((one) => one >= rough) ?? 10 * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) found.push(k * step);
  return found;
}

/**
 * Spending by year: the band from the tenth to the ninetieth of a hundred scenarios, the expectation, and the begroting.
 * @param {{year: string, p10: number, p90: number, expected: number, headroom: number}[]} rows
 * @param {{label: string, expected: string, band: string, begroting: string, unit: string}} words
 * @param {(value: number) => string} number
 */
export function fan(rows, words, number) {
  const [width, height, left, right, top, bottom] = [560, 290, 64, 14, 40, 30];
  const svg = canvas(width, height, words.label);
  const all = rows.flatMap((row) => [row.p10, row.p90, row.headroom, row.expected]);
  const spread = Math.max(...all) - Math.min(...all) || 1;
  const [low, high] = [Math.max(0, Math.min(...all) - 0.15 * spread), Math.max(...all) + 0.1 * spread];
  const y = (/** @type {number} */ value) => top + ((height - top - bottom) * (high - value)) / (high - low);
  const wide = (width - left - right) / rows.length;
  const middle = (/** @type {number} */ k) => left + wide * (k + 0.5);
  for (const tick of ticks(low, high, 5)) {
    svg.append(drawn("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: "grid" }));
    svg.append(drawn("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, number(tick)));
  }
  rows.forEach((row, k) => {
    const x = middle(k);
    svg.append(drawn("rect", { x: x - wide * 0.22, width: wide * 0.44, y: y(row.p90),
      height: Math.max(1, y(row.p10) - y(row.p90)), class: "band" }));
    svg.append(drawn("line", { x1: x - wide * 0.4, x2: x + wide * 0.4, y1: y(row.headroom), y2: y(row.headroom),
      class: "begroting" }));
    svg.append(drawn("circle", { cx: x, cy: y(row.expected), r: 4.5, class: "expected" }));
    svg.append(drawn("text", { x, y: height - 10, "text-anchor": "middle" }, row.year));
  });
  svg.append(drawn("text", { x: 4, y: 13 }, words.unit));
  svg.append(drawn("circle", { cx: left + 6, cy: 26, r: 4.5, class: "expected" }));
  svg.append(drawn("text", { x: left + 15, y: 30 }, words.expected));
  svg.append(drawn("rect", { x: left + 125, y: 20, width: 14, height: 12, class: "band" }));
  svg.append(drawn("text", { x: left + 144, y: 30 }, words.band));
  svg.append(drawn("line", { x1: left + 335, x2: left + 357, y1: 26, y2: 26, class: "begroting" }));
  svg.append(drawn("text", { x: left + 362, y: 30 }, words.begroting));
  return svg;
}

/**
 * Results of providers: from the tenth to the ninetieth of a hundred scenarios, the expectation, and where the buffer ends.
 * @param {{name: string, p10: number, p90: number, expected: number, buffer: number}[]} rows
 * @param {{label: string, expected: string, band: string, buffer: string, unit: string}} words
 * @param {(value: number) => string} number
 */
export function ladder(rows, words, number) {
  const [width, left, right, top, each] = [560, 150, 18, 40, 30];
  const height = top + each * rows.length + 30;
  const svg = canvas(width, height, words.label);
  const all = rows.flatMap((row) => [row.p10, row.p90, -row.buffer, 0]);
  const spread = Math.max(...all) - Math.min(...all) || 1;
  const [low, high] = [Math.min(...all) - 0.04 * spread, Math.max(...all) + 0.04 * spread];
  const x = (/** @type {number} */ value) => left + ((width - left - right) * (value - low)) / (high - low);
  for (const tick of ticks(low, high, 5)) {
    svg.append(drawn("line", { x1: x(tick), x2: x(tick), y1: top, y2: height - 24, class: tick === 0 ? "zero" : "grid" }));
    svg.append(drawn("text", { x: x(tick), y: height - 8, "text-anchor": "middle" }, number(tick)));
  }
  rows.forEach((row, k) => {
    const y = top + each * (k + 0.5);
    const short = row.name.length > 22 ? row.name.slice(0, 21) + "…" : row.name;
    svg.append(drawn("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, short));
    svg.append(drawn("rect", { x: x(row.p10), width: Math.max(1, x(row.p90) - x(row.p10)), y: y - 7, height: 14, class: "band" }));
    svg.append(drawn("line", { x1: x(-row.buffer), x2: x(-row.buffer), y1: y - 11, y2: y + 11, class: "buffer" }));
    svg.append(drawn("circle", { cx: x(row.expected), cy: y, r: 4.5, class: "expected" }));
  });
  svg.append(drawn("text", { x: 4, y: 13 }, words.unit));
  svg.append(drawn("circle", { cx: left + 6, cy: 26, r: 4.5, class: "expected" }));
  svg.append(drawn("text", { x: left + 15, y: 30 }, words.expected));
  svg.append(drawn("rect", { x: left + 105, y: 20, width: 14, height: 12, class: "band" }));
  svg.append(drawn("text", { x: left + 124, y: 30 }, words.band));
  svg.append(drawn("line", { x1: left + 312, x2: left + 312, y1: 19, y2: 33, class: "buffer" }));
  svg.append(drawn("text", { x: left + 319, y: 30 }, words.buffer));
  return svg;
}
