/**
 * What the page shows of a choice: tables and charts, every number with its standard error.
 *
 * @typedef {import("./kernel.js").Estimate} Estimate
 * @typedef {import("./kernel.js").Model} Model
 * @typedef {import("./kernel.js").Choice} Choice
 * @typedef {ReturnType<import("./figures.js").Figures["of"]>} Figures
 * @typedef {{lang: string, texts: Record<string, string>, provider: string | null, lump_forms: string[]}} Words
 * @typedef {{grid: number[], mean: number[][], error: number[][], scenarios: number}} WaitingGrid
 */

import { between } from "./figures.js";
import { element } from "./controls.js";
import { fan, ladder } from "./plots.js";

/**
 * How numbers are written in a language.
 * @param {string} lang
 */
export function numbers(lang) {
  const local = lang === "nl" ? "nl-NL" : "en-GB";
  const minus = (/** @type {string} */ text) => text.replace("-", "\u2212");
  const format = (/** @type {number} */ value, /** @type {number} */ digits) => {
    const shown = new Intl.NumberFormat(local, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return minus(shown.format(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value));
  };
  return {
    plain: format,
    thousands: (/** @type {number} */ value) => format(value / 1000, 0),
    percent: (/** @type {number} */ value) => format(100 * value, Math.abs(100 * value - Math.round(100 * value)) > 1e-6 ? 1 : 0) + " %",
  };
}

/**
 * A text with its places filled in.
 * @param {string} text
 * @param {Record<string, string>} values
 */
export function filledIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/**
 * A table with heads above and beside.
 * @param {string} caption
 * @param {string[]} heads
 * @param {(string | Node)[][]} rows
 */
export function table(caption, heads, rows) {
  const head = element("tr", {}, ...heads.map((one) => element("th", { scope: "col" }, one)));
  const body = rows.map(([first, ...others]) =>
    element("tr", {}, element("th", { scope: "row" }, first), ...others.map((one) => element("td", {}, one))));
  return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, element("span", {}, caption)), element("thead", {}, head), element("tbody", {}, ...body)));
}

/**
 * An estimate with its standard error behind it.
 * @param {Estimate | null} found
 * @param {(value: number) => string} written
 * @param {string} unknown
 */
function estimate(found, written, unknown) {
  if (found === null) return unknown;
  if (found.unseen !== undefined) {
    const unseen = element("small", {}, ` ${found.value === 0 ? "\u2264" : "\u2265"} ${written(Math.abs(found.value - found.unseen))}`);
    return element("span", {}, written(found.value), unseen);
  }
  if (found.error === null) return written(found.value);
  return element("span", {}, written(found.value), element("small", {}, ` ± ${written(found.error)}`));
}

/**
 * The answer in a few sentences, for the eye and for a screen reader.
 * @param {Figures} figures @param {Words} words
 */
export function answer(figures, words) {
  const write = numbers(words.lang);
  const t = words.texts;
  if (words.provider !== null) {
    const own = figures.providers[0];
    if (own === null) return "";
    return filledIn(t.answer_provider, {
      result: write.thousands(own.expected.value), worst: write.thousands(-own.worst.value),
      chance: write.percent(own.buffer_used_up.value),
    });
  }
  const term = figures.spending.term;
  const room = term.headroom - term.expected.value;
  const broke = figures.providers.filter((one) => one !== null && one.buffer_used_up.value > 0.05).length;
  return filledIn(t.answer, {
    expected: write.thousands(term.expected.value), room: write.thousands(Math.abs(room)),
    side: room < 0 ? t.above : t.below, chance: write.percent(term.overrun_probability.value),
    resistance: write.thousands(term.resistance.value), broke: String(broke),
  });
}

/**
 * Spending against the begroting, year by year.
 * @param {Figures} figures @param {Words} words @param {Choice} choice
 */
export function spendingOutput(figures, words, choice) {
  const t = words.texts;
  const write = numbers(words.lang);
  const years = Object.keys(figures.spending).filter((one) => one !== "term");
  const rows = years.map((year) => {
    const own = figures.spending[year];
    return { year, p10: own.p10.value, p90: own.p90.value, expected: own.expected.value, headroom: own.headroom };
  });
  const drawing = fan(rows, {
    label: t.fan_label, expected: t.expected, band: t.band, begroting: t.begroting_line, unit: t.thousands,
  }, write.thousands);
  const shown = [...years, "term"].map((period) => {
    const own = figures.spending[period];
    const euro = (/** @type {Estimate | null} */ one) => estimate(one, write.thousands, t.none);
    return [period === "term" ? t.term : period, euro(own.expected), euro(own.p10), euro(own.p90), euro(own.certain),
      write.thousands(own.headroom), estimate(own.overrun_probability, write.percent, t.none),
      euro(own.overrun_size), euro(own.resistance)];
  });
  const certain = filledIn(t.certain, { level: write.percent(choice.certainty) });
  const resistance = filledIn(t.resistance, { level: write.percent(choice.certainty) });
  const heads = ["", t.expected, t.p10, t.p90, certain, t.begroting_short, t.overrun_probability, t.overrun_size, resistance];
  return [drawing, table(t.spending_caption, heads, shown)];
}

/**
 * What providers earn and lose.
 * @param {Figures} figures @param {Words} words @param {Model} model
 */
export function providerOutput(figures, words, model) {
  const t = words.texts;
  const write = numbers(words.lang);
  const own = model.providers.flatMap((one, p) => {
    const found = figures.providers[p];
    return found === null ? [] : [{ one, found }];
  });
  const rows = own.map(({ one, found }) => ({
    name: one.name, p10: found.p10.value, p90: found.p90.value, expected: found.expected.value, buffer: one.buffer,
  }));
  const drawing = ladder(rows, {
    label: t.ladder_label, expected: t.expected, band: t.band, buffer: t.buffer_line, unit: t.thousands,
  }, write.thousands);
  const shown = own.map(({ one, found }) => {
    const euro = (/** @type {Estimate} */ value) => estimate(value, write.thousands, t.none);
    const worst = { value: -found.worst.value, error: found.worst.error };
    return [one.name, euro(found.expected), euro(worst), estimate(found.loss_probability, write.percent, t.none),
      write.thousands(one.buffer), estimate(found.buffer_used_up, write.percent, t.none)];
  });
  const heads = [t.provider, t.result, t.worst, t.loss_probability, t.buffer, t.buffer_used_up];
  return [drawing, table(t.provider_caption, heads, shown)];
}

/**
 * Money for care of a lot as a multiple of the designed budget, per unit of care asked; null where nothing limits it.
 * @param {Model} model @param {Words} words @param {Choice} choice @param {number} j
 */
export function moneyPerCare(model, words, choice, j) {
  const lot = model.lots[j];
  const own = choice.lots[lot.id];
  const asked = choice.volume * choice.duration;
  if (words.lump_forms.includes(own.form)) return own.budget / asked;
  const contracts = model.contracts.filter((one) => one.lot === j);
  let limit = 0;
  let budget = 0;
  for (const one of contracts) {
    const terms = one.tariffs[own.form];
    const ceiling = own.ceiling === null ? terms.ceiling ?? terms.part : own.ceiling * one.reference[0];
    if (ceiling === null) return null;
    limit += ceiling;
    budget += one.lump === null ? one.reference[0] : one.lump.budget[0];
  }
  return limit / budget / asked;
}

/**
 * Who waits, between the points that were computed; and a warning beyond them.
 * @param {Words} words @param {Model} model @param {Choice} choice @param {WaitingGrid} waiting
 */
export function waitingOutput(words, model, choice, waiting) {
  const t = words.texts;
  const write = numbers(words.lang);
  const [low, high] = [waiting.grid[0], waiting.grid[waiting.grid.length - 1]];
  /** @type {string[]} */
  const beyond = [];
  const rows = model.lots.map((lot, j) => {
    const ratio = moneyPerCare(model, words, choice, j);
    if (ratio === null) return [lot.name, t.no_limit, estimate({ value: 0, error: null }, (v) => write.plain(v, 0), "")];
    if (ratio < low - 1e-9 || ratio > high + 1e-9) beyond.push(lot.name);
    const found = { value: between(waiting.grid, waiting.mean[j], ratio), error: between(waiting.grid, waiting.error[j], ratio) };
    return [lot.name, write.percent(Math.round(1000 * ratio) / 1000), estimate(found, (v) => write.plain(v, 0), "")];
  });
  const found = [table(t.waiting_caption, [t.lot, t.money_per_care, t.waits], rows)];
  const range = { low: write.percent(low), high: write.percent(high), n: String(waiting.scenarios) };
  if (beyond.length > 0) {
    found.unshift(element("p", { class: "warning" }, filledIn(t.beyond_grid, { ...range, lots: beyond.join(", ") })));
  }
  found.push(element("p", { class: "note" }, filledIn(t.waiting_note, range)));
  return found;
}

/**
 * Who carries what when care becomes dear.
 * @param {Figures} figures @param {Words} words @param {Model} model
 */
export function carriedOutput(figures, words, model) {
  const t = words.texts;
  const write = numbers(words.lang);
  const rows = model.lots.map((lot, j) => {
    const own = figures.carried[j];
    return [lot.name, ...[own.cost, own.paid, own.provider].map((one) => estimate(one, write.thousands, t.none))];
  });
  return [table(t.carried_caption, [t.lot, t.carried_cost, t.carried_paid, t.carried_provider], rows)];
}

/**
 * Variants side by side: their main figures.
 * @param {{name: string, figures: Figures}[]} variants @param {Words} words
 */
export function variantsOutput(variants, words) {
  const t = words.texts;
  const write = numbers(words.lang);
  const heads = ["", ...variants.map((one) => one.name)];
  const euro = (/** @type {Estimate} */ one) => estimate(one, write.thousands, t.none);
  /** @type {[string, (figures: Figures) => string | Node][]} */
  const lines = words.provider === null ? [
    [t.expected, (own) => euro(own.spending.term.expected)],
    [t.p90, (own) => euro(own.spending.term.p90)],
    [t.overrun_probability, (own) => estimate(own.spending.term.overrun_probability, write.percent, t.none)],
    [t.resistance_short, (own) => euro(own.spending.term.resistance)],
    [t.results_together, (own) => euro(own.together)],
    [t.broke, (own) => String(own.providers.filter((one) => one !== null && one.buffer_used_up.value > 0.05).length)],
  ] : [
    [t.result, (own) => (own.providers[0] === null ? t.none : euro(own.providers[0].expected))],
    [t.buffer_used_up, (own) => (own.providers[0] === null ? t.none : estimate(own.providers[0].buffer_used_up, write.percent, t.none))],
  ];
  return table(t.variants_caption, heads, lines.map(([label, get]) => [label, ...variants.map((one) => get(one.figures))]));
}

/**
 * What was chosen in every variant, where it differs from the design.
 * @param {{name: string, choice: Choice}[]} variants @param {Words & {forms: Record<string, string>}} words @param {Model} model
 * @param {Choice} design
 */
export function chosenOutput(variants, words, model, design) {
  const t = words.texts;
  const { percent } = numbers(words.lang);
  /** @type {[string, (choice: Choice) => string][]} */
  const lines = ["volume", "duration", "price", "begroting", "certainty"].map((name) =>
    [t[name], (choice) => percent(Number(choice[/** @type {"volume"} */ (name)]))]);
  lines.push([t.without_providers, (choice) => model.providers.filter((one) => choice.without_providers.includes(one.id))
    .map((one) => one.name).join(", ")]);
  lines.push([t.without_municipalities, (choice) => model.municipalities
    .filter((one) => choice.without_municipalities.includes(one.code)).map((one) => one.name).join(", ")]);
  for (const lot of model.lots) {
    const of = (/** @type {Choice} */ choice) => choice.lots[lot.id];
    lines.push([`${lot.name}: ${t.form}`, (choice) => words.forms[of(choice).form]]);
    lines.push([`${lot.name}: ${t.budget}`, (choice) => percent(of(choice).budget)]);
    lines.push([`${lot.name}: ${t.corridor}`, (choice) => {
      const own = of(choice).corridor;
      if (own === null) return t.corridor_design;
      return [`${t.free_zone} ${percent(own.free_zone)}`, `${t.deficit} ${percent(own.deficit)}`,
        `${t.surplus} ${percent(own.surplus)}`].join("; ");
    }]);
    lines.push([`${lot.name}: ${t.index}`, (choice) => t[`index_${of(choice).index}`]]);
    lines.push([`${lot.name}: ${t.ceiling}`, (choice) => {
      const own = of(choice).ceiling;
      return own === null ? t.index_design : percent(own);
    }]);
    lines.push([`${lot.name}: ${t.locked}`, (choice) => (of(choice).locked ? "\u2713" : "")]);
  }
  const rows = lines.flatMap(([label, get]) => {
    const own = variants.map((one) => get(one.choice));
    return own.every((one) => one === get(design)) ? [] : [[label, ...own]];
  });
  if (rows.length === 0) return element("p", { class: "note" }, t.chosen_none);
  return table(t.chosen_caption, ["", ...variants.map((one) => one.name)], rows);
}
