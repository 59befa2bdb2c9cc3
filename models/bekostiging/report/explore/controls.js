/**
 * The controls of the page: built once, then shown as the state is; what the reader does goes to ``change``.
 *
 * @typedef {import("./kernel.js").Choice} Choice
 * @typedef {import("./kernel.js").LotChoice} LotChoice
 * @typedef {(edit: (choice: Choice) => void) => void} Change
 * @typedef {{show: (choice: Choice) => void, element: HTMLElement}} Control
 * @typedef {{lang: string, texts: Record<string, string>, ranges: Record<string, [number, number]>,
 *   forms: Record<string, string>, lot_forms: Record<string, string[]>, lump_forms: string[], provider: string | null}} Words
 */

let made = 0;

/**
 * An element with text and children; text stays text.
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...children);
  return found;
}

/**
 * A control with its label and explanation.
 * @param {string} label
 * @param {string} help
 * @param {HTMLElement} input
 * @param {HTMLElement | null} value
 */
function labelled(label, help, input, value = null) {
  made += 1;
  const id = `c${made}`;
  input.id = id;
  input.setAttribute("aria-describedby", `${id}h`);
  const head = element("label", { for: id }, label);
  const top = element("div", { class: "top" }, head);
  if (value !== null) top.append(value);
  return element("div", { class: "control" }, top, input, element("p", { id: `${id}h`, class: "help" }, help));
}

/**
 * A slider for one number.
 * @param {Words} words
 * @param {string} name of the number, its text and its range
 * @param {string} label
 * @param {(choice: Choice) => number} get
 * @param {(choice: Choice, value: number) => void} set
 * @param {Change} change
 * @param {(value: number) => string} said
 * @returns {Control}
 */
export function slider(words, name, label, get, set, change, said) {
  const [low, high] = words.ranges[name];
  const input = /** @type {HTMLInputElement} */ (element("input", {
    type: "range", min: String(low), max: String(high), step: name === "certainty" || name === "price" ? "0.005" : "0.01",
    "data-name": name,
  }));
  const value = element("output", {});
  input.addEventListener("input", () => change((choice) => set(choice, Number(input.value))));
  const box = labelled(label, words.texts[`${name}_help`], input, value);
  value.setAttribute("for", input.id);
  return {
    element: box,
    show: (choice) => {
      input.value = String(get(choice));
      value.textContent = said(get(choice));
      input.setAttribute("aria-valuetext", said(get(choice)));
    },
  };
}

/**
 * A choice between words.
 * @param {Words} words
 * @param {string} name
 * @param {[string, string][]} options value and text
 * @param {(choice: Choice) => string} get
 * @param {(choice: Choice, value: string) => void} set
 * @param {Change} change
 * @returns {Control}
 */
export function selection(words, name, options, get, set, change) {
  const input = /** @type {HTMLSelectElement} */ (element("select", { "data-name": name },
    ...options.map(([value, text]) => element("option", { value }, text))));
  input.addEventListener("change", () => change((choice) => set(choice, input.value)));
  return {
    element: labelled(words.texts[name], words.texts[`${name}_help`], input),
    show: (choice) => { input.value = get(choice); },
  };
}

/**
 * Something that is so or is not.
 * @param {string} name
 * @param {string} label
 * @param {string} help
 * @param {(choice: Choice) => boolean} get
 * @param {(choice: Choice, value: boolean) => void} set
 * @param {Change} change
 * @returns {Control}
 */
export function tick(name, label, help, get, set, change) {
  const input = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", "data-name": name }));
  input.addEventListener("change", () => change((choice) => set(choice, input.checked)));
  made += 1;
  input.id = `c${made}`;
  const box = element("div", { class: "control tick" }, input, element("label", { for: input.id }, label));
  if (help !== "") {
    input.setAttribute("aria-describedby", `${input.id}h`);
    box.append(element("p", { id: `${input.id}h`, class: "help" }, help));
  }
  return { element: box, show: (choice) => { input.checked = get(choice); } };
}

/**
 * Every control of one lot; those that its form has no use for are hidden, and all but the lock rest while it is locked.
 * @param {Words} words
 * @param {{id: string, name: string, general: boolean}} lot
 * @param {Change} change
 * @param {(value: number) => string} percent
 * @returns {Control}
 */
export function lotControls(words, lot, change, percent) {
  const of = (/** @type {Choice} */ choice) => choice.lots[lot.id];
  const t = words.texts;
  const own = (/** @type {Choice} */ choice) => of(choice).corridor ?? { free_zone: 0.05, deficit: 0.5, surplus: 0.5 };
  /** @type {Change} */
  const lotChange = change;
  const form = selection(words, "form", words.lot_forms[lot.id].map((one) => [one, words.forms[one]]),
    (c) => of(c).form, (c, v) => { of(c).form = v; }, lotChange);
  const lump = [
    slider(words, "budget", t.budget, (c) => of(c).budget, (c, v) => { of(c).budget = v; }, lotChange, percent),
    selection(words, "corridor", [["design", t.corridor_design], ["own", t.corridor_own]],
      (c) => (of(c).corridor === null ? "design" : "own"),
      (c, v) => { of(c).corridor = v === "own" ? own(c) : null; }, lotChange),
  ];
  const corridor = /** @type {const} */ (["free_zone", "deficit", "surplus"]).map((name) =>
    slider(words, name, t[name], (c) => own(c)[name], (c, v) => { of(c).corridor = { ...own(c), [name]: v }; },
      lotChange, percent));
  const index = selection(words, "index", [["design", t.index_design], ["forecast", t.index_forecast], ["cost", t.index_cost]],
    (c) => of(c).index, (c, v) => { of(c).index = v; }, lotChange);
  const hasCeiling = tick("own_ceiling", t.own_ceiling, t.own_ceiling_help, (c) => of(c).ceiling !== null,
    (c, v) => { of(c).ceiling = v ? 1 : null; }, lotChange);
  const ceiling = slider(words, "ceiling", t.ceiling, (c) => of(c).ceiling ?? 1, (c, v) => { of(c).ceiling = v; },
    lotChange, percent);
  const lock = tick("locked", t.locked, t.locked_help, (c) => of(c).locked, (c, v) => { of(c).locked = v; }, change);
  const all = [form, ...lump, ...corridor, index, hasCeiling, ceiling];
  const inside = /** @type {HTMLFieldSetElement} */ (element("fieldset", { class: "plain" },
    element("legend", { class: "unseen" }, lot.name), ...all.map((one) => one.element)));
  const summary = element("summary", {}, lot.name);
  const box = element("details", { class: "lot", open: "" }, summary, lock.element, inside);
  return {
    element: box,
    show: (choice) => {
      [...all, lock].forEach((one) => one.show(choice));
      const isLump = words.lump_forms.includes(of(choice).form);
      lump.forEach((one) => { one.element.hidden = !isLump; });
      corridor.forEach((one) => { one.element.hidden = !isLump || of(choice).corridor === null; });
      hasCeiling.element.hidden = isLump;
      ceiling.element.hidden = isLump || of(choice).ceiling === null;
      inside.disabled = of(choice).locked;
      form.element.querySelector("select")?.toggleAttribute("disabled", lot.general);
    },
  };
}
