/**
 * What the reader has chosen: variants, one of them shown, with a way back; as a link and as keuze.json.
 *
 * @typedef {import("./kernel.js").Choice} Choice
 * @typedef {import("./kernel.js").LotChoice} LotChoice
 * @typedef {{name: string, choice: Choice, figures?: unknown}} Variant
 * @typedef {{variants: Variant[], shown: number}} State
 * @typedef {{case: string, fingerprint: string, design: Choice, designed: Record<string, unknown>, ranges: Record<string, [number, number]>,
 *   lot_forms: Record<string, string[]>, providers: string[],
 *   lot_providers: Record<string, string[]>, municipalities: string[], format: string, version: number}} Page
 * @typedef {{state: State, otherDesign?: boolean} | {problem: string, about: string}} Read
 */

export const MOST_VARIANTS = 4;
const LONGEST_NAME = 60;
const INDICES = ["design", "forecast", "cost"];
const OF_ALL = ["volume", "duration", "price", "begroting", "certainty"];

/**
 * A copy of a value made of JSON.
 * @template T
 * @param {T} value
 * @returns {T}
 */
export function copied(value) {
  return JSON.parse(JSON.stringify(value));
}

/**
 * A name as it may be shown: one line, without signs that nobody sees.
 * @param {string} text
 */
export function named(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, " ").trim().slice(0, LONGEST_NAME);
}

/**
 * Whether a value is an object with exactly these keys; ``maybe`` may be there too.
 * @param {unknown} value
 * @param {string[]} keys
 * @param {string[]} maybe
 */
function has(value, keys, maybe = []) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const own = Object.keys(value);
  return keys.every((key) => own.includes(key)) && own.every((key) => keys.includes(key) || maybe.includes(key));
}

/**
 * Whether a value is a number within its range.
 * @param {Page} page
 * @param {string} name
 * @param {unknown} value
 */
function within(page, name, value) {
  const [low, high] = page.ranges[name];
  return typeof value === "number" && Number.isFinite(value) && value >= low && value <= high;
}

/**
 * Whether a list has only known names, each once.
 * @param {unknown} value
 * @param {string[]} known
 */
function someOf(value, known) {
  return Array.isArray(value) && new Set(value).size === value.length && value.every((one) => known.includes(one));
}

/**
 * What is wrong with the choice for one lot; empty when nothing is.
 * @param {Page} page
 * @param {string} id
 * @param {any} lot
 */
function wrongLot(page, id, lot) {
  if (!has(lot, ["form", "budget", "corridor", "index", "ceiling", "locked"])) return id;
  if (!page.lot_forms[id].includes(lot.form)) return `${id}: form`;
  if (!within(page, "budget", lot.budget)) return `${id}: budget`;
  if (!INDICES.includes(lot.index)) return `${id}: index`;
  if (lot.ceiling !== null && !within(page, "ceiling", lot.ceiling)) return `${id}: ceiling`;
  if (typeof lot.locked !== "boolean") return `${id}: locked`;
  const corridor = lot.corridor;
  if (corridor === null) return "";
  const names = ["free_zone", "deficit", "surplus"];
  if (!has(corridor, names)) return `${id}: corridor`;
  const wrong = names.find((name) => !within(page, name, corridor[name]));
  return wrong === undefined ? "" : `${id}: ${wrong}`;
}

/**
 * A lot that keeps no provider when these are left out; undefined where every lot keeps one.
 * @param {Page} page
 * @param {string[]} gone
 * @returns {string | undefined}
 */
export function emptied(page, gone) {
  return Object.keys(page.lot_providers).find((lot) => page.lot_providers[lot].every((one) => gone.includes(one)));
}

/**
 * What is wrong with a choice; empty when nothing is.
 * @param {Page} page
 * @param {any} choice
 */
export function wrongChoice(page, choice) {
  if (!has(choice, [...OF_ALL, "without_providers", "without_municipalities", "lots"])) return "choice";
  const wrong = OF_ALL.find((name) => !within(page, name, choice[name]));
  if (wrong !== undefined) return wrong;
  if (!someOf(choice.without_providers, page.providers)) return "without_providers";
  if (emptied(page, choice.without_providers) !== undefined) return "without_providers";
  if (!someOf(choice.without_municipalities, page.municipalities)) return "without_municipalities";
  const ids = Object.keys(page.lot_forms);
  if (!has(choice.lots, ids)) return "lots";
  return ids.map((id) => wrongLot(page, id, choice.lots[id])).find((one) => one !== "") ?? "";
}

/**
 * What keuze.json holds.
 * @param {Page} page
 * @param {State} state
 */
export function written(page, state) {
  const head = {
    format: page.format, version: page.version, case: page.case, fingerprint: page.fingerprint, designed: page.designed,
  };
  return JSON.stringify({ ...head, shown: state.shown, variants: state.variants }, null, 1) + "\n";
}

/**
 * A keuze.json that was brought, or why it is refused.
 * @param {Page} page
 * @param {string} text
 * @returns {Read}
 */
export function read(page, text) {
  /** @type {any} */
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return { problem: "damaged", about: "" };
  }
  const former = ["format", "version", "case", "fingerprint", "shown", "variants"];
  if (has(found, former) && found.format === page.format) return { problem: "former", about: "" };
  if (!has(found, [...former, "designed"]) || found.format !== page.format) return { problem: "no_choices", about: "" };
  if (found.version !== page.version) return { problem: "other_version", about: String(found.version) };
  if (found.case !== page.case) return { problem: "other_case", about: named(String(found.case)) };
  const checked = checkedState(page, found);
  return "state" in checked ? { ...checked, otherDesign: !sameDesign(page.designed, found.designed) } : checked;
}

/**
 * Whether budgets in a file are parts of the lump sum of this page.
 * @param {unknown} own
 * @param {unknown} other
 * @returns {boolean}
 */
function sameDesign(own, other) {
  if (typeof own === "number" && typeof other === "number") return Math.abs(own - other) <= 1e-9;
  if (typeof own !== "object" || own === null || typeof other !== "object" || other === null) return own === other;
  const left = /** @type {Record<string, unknown>} */ (own);
  const right = /** @type {Record<string, unknown>} */ (other);
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => sameDesign(left[key], right[key]));
}

/**
 * Variants that may be shown, or what is wrong with them.
 * @param {Page} page
 * @param {any} found
 * @returns {Read}
 */
function checkedState(page, found) {
  const many = found.variants;
  if (!Array.isArray(many) || many.length < 1 || many.length > MOST_VARIANTS) return { problem: "wrong", about: "variants" };
  for (const one of many) {
    if (!has(one, ["name", "choice"], ["figures"]) || typeof one.name !== "string") {
      return { problem: "wrong", about: "variants" };
    }
    const wrong = wrongChoice(page, one.choice);
    if (wrong !== "") return { problem: "wrong", about: wrong };
  }
  if (!Number.isInteger(found.shown) || found.shown < 0 || found.shown >= many.length) {
    return { problem: "wrong", about: "shown" };
  }
  const variants = many.map((one) => ({ name: named(one.name), choice: one.choice }));
  return { state: { variants, shown: found.shown } };
}

/**
 * The state as what follows # in a link: only what differs from the design.
 * @param {Page} page
 * @param {State} state
 */
export function asLink(page, state) {
  const short = { shown: state.shown, variants: state.variants.map((one) => [one.name, differs(one.choice, page.design) ?? {}]) };
  const bytes = new TextEncoder().encode(JSON.stringify(short));
  let text = "";
  bytes.forEach((byte) => { text += String.fromCharCode(byte); });
  return "#k=" + btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * The state of a link, or why it is refused; an empty link is nothing.
 * @param {Page} page
 * @param {string} hash
 * @returns {Read | null}
 */
export function fromLink(page, hash) {
  if (!hash.startsWith("#k=")) return null;
  try {
    const text = atob(hash.slice(3).replace(/-/g, "+").replace(/_/g, "/"));
    const short = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    const variants = short.variants.map((/** @type {[string, unknown]} */ [name, own]) =>
      ({ name, choice: filled(own, page.design) }));
    return checkedState(page, { shown: short.shown, variants });
  } catch {
    return { problem: "damaged_link", about: "" };
  }
}

/**
 * The parts of a value that differ from another; undefined where none does.
 * @param {any} value
 * @param {any} usual
 * @returns {any}
 */
function differs(value, usual) {
  if (JSON.stringify(value) === JSON.stringify(usual)) return undefined;
  const plain = (/** @type {unknown} */ one) => typeof one === "object" && one !== null && !Array.isArray(one);
  if (!plain(value) || !plain(usual)) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, differs(value[key], usual[key])]));
}

/**
 * The value that ``differs`` was made of.
 * @param {any} part
 * @param {any} usual
 * @returns {any}
 */
function filled(part, usual) {
  if (part === undefined) return copied(usual);
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  if (typeof usual !== "object" || usual === null || Array.isArray(usual)) return part;
  const keys = new Set([...Object.keys(usual), ...Object.keys(part)]);
  return Object.fromEntries([...keys].map((key) => [key, filled(part[key], usual[key])]));
}
