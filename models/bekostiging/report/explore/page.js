/**
 * The page: one state, its controls, and what it comes to.
 */

import { Figures } from "./figures.js";
import { unpacked } from "./kernel.js";
import { MOST_VARIANTS, asLink, copied, emptied, fromLink, named, read, written } from "./state.js";
import { element, lotControls, slider, tick } from "./controls.js";
import {
  answer, carriedOutput, chosenOutput, filledIn, numbers, providerOutput, spendingOutput, variantsOutput, waitingOutput,
} from "./outputs.js";

const MOST_UNDO = 200;

/**
 * The bytes of a text in base64.
 * @param {string} text
 * @returns {ArrayBuffer}
 */
function bytesOf(text) {
  const plain = atob(text);
  const bytes = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) bytes[i] = plain.charCodeAt(i);
  return bytes.buffer;
}

/**
 * The part of the page with an id.
 * @param {string} id
 * @returns {HTMLElement}
 */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Starts the page. */
function start() {
  const page = JSON.parse(part("page-data").textContent ?? "");
  const model = page.model;
  const arrays = unpacked(model, bytesOf((part("scenarios").textContent ?? "").trim()));
  const t = page.texts;
  const write = numbers(page.lang);
  /** @type {import("./state.js").State} */
  let state = { variants: [{ name: t.design, choice: copied(page.design) }], shown: 0 };
  /** @type {string[]} */
  const past = [];
  const figures = new Figures(model, arrays);
  /** @type {Map<string, ReturnType<Figures["of"]>>} */
  const known = new Map();
  let waits = 0;
  let lastEdit = "";
  let refused = "";

  /** @param {import("./kernel.js").Choice} choice */
  const figuresOf = (choice) => {
    const key = JSON.stringify(choice);
    let found = known.get(key);
    if (found === undefined) {
      found = figures.of(choice);
      if (known.size > 2 * MOST_VARIANTS) known.delete(/** @type {string} */ (known.keys().next().value));
    }
    known.delete(key);
    known.set(key, found); // the last asked stays longest
    return found;
  };

  const say = (/** @type {string} */ text) => { part("message").textContent = text; };

  /** Remembers the state, so that one can go back to it; ``about``: edits of one control in a row are one step. */
  const remember = (/** @type {string} */ about) => {
    if (about !== "" && about === lastEdit) return;
    lastEdit = about;
    past.push(JSON.stringify(state));
    if (past.length > MOST_UNDO) past.shift();
  };

  /** @type {import("./controls.js").Change} */
  const change = (edit) => {
    const focused = document.activeElement;
    remember(focused instanceof HTMLInputElement && focused.type === "range" ? focused.id : "");
    refused = "";
    edit(state.variants[state.shown].choice);
    say(refused);
    if (refused !== "") past.pop();
    soon();
  };

  const words = page;
  const percent = write.percent;
  /** @type {(name: "volume" | "duration" | "price" | "begroting" | "certainty") => import("./controls.js").Control} */
  const ofAll = (name) =>
    slider(words, name, t[name], (c) => c[name], (c, v) => { c[name] = v; }, change,
      name === "price" ? (v) => (v > 0 ? "+" : "") + percent(v) : percent);
  const names = page.provider === null
    ? /** @type {const} */ (["volume", "duration", "price", "begroting", "certainty"])
    : /** @type {const} */ (["volume", "duration", "price"]);
  const controls = names.map(ofAll);
  part("of-all").append(...controls.map((one) => one.element));
  if (page.provider === null) {
    /** @type {(id: string, list: "without_providers" | "without_municipalities", name: string) => void} */
    const leaveOut = (id, list, name) => {
      const control = tick(list, name, "", (c) => c[list].includes(id), (c, v) => {
        const without = v ? [...c[list], id] : c[list].filter((one) => one !== id);
        const lot = list === "without_providers" ? emptied(page, without) : undefined;
        if (lot === undefined) c[list] = without;
        else refused = filledIn(t.nobody_left, { lot: model.lots.find((/** @type {any} */ one) => one.id === lot).name });
      }, change);
      controls.push(control);
      part(list).append(control.element);
    };
    page.removable.forEach((/** @type {{id: string, name: string}} */ one) => leaveOut(one.id, "without_providers", one.name));
    model.municipalities.forEach((/** @type {{code: string, name: string}} */ one) =>
      leaveOut(one.code, "without_municipalities", one.name));
  }
  const lots = model.lots.map((/** @type {any} */ lot) => lotControls(words, lot, change, percent));
  lots.forEach((/** @type {import("./controls.js").Control} */ one) => part("lots").append(one.element));
  controls.push(...lots);

  const show = () => {
    waits = 0;
    const began = performance.now();
    const { choice } = state.variants[state.shown];
    controls.forEach((one) => one.show(choice));
    const found = figuresOf(choice);
    part("answer").textContent = answer(found, words);
    if (page.provider === null) {
      part("spending").replaceChildren(...spendingOutput(found, words, choice));
      part("waiting").replaceChildren(...waitingOutput(words, model, choice, model.waiting));
      part("carried").replaceChildren(...carriedOutput(found, words, model));
    }
    part("providers").replaceChildren(...providerOutput(found, words, model));
    const many = state.variants.map((one) => ({ name: one.name, figures: figuresOf(one.choice) }));
    part("variants").replaceChildren(variantsOutput(many, words));
    part("chosen").replaceChildren(chosenOutput(state.variants, words, model, page.design));
    showTabs();
    document.documentElement.dataset.milliseconds = (performance.now() - began).toFixed(1);
    document.documentElement.dataset.shown = String(Number(document.documentElement.dataset.shown ?? 0) + 1);
  };

  const soon = () => { if (waits === 0) waits = requestAnimationFrame(show); };

  const showTabs = () => {
    const buttons = state.variants.map((one, k) => {
      const button = element("button", { type: "button", "aria-pressed": String(k === state.shown) }, one.name);
      button.addEventListener("click", () => {
        remember("");
        state.shown = k;
        soon();
        part("tabs").querySelectorAll("button")[k]?.focus();
      });
      return button;
    });
    const held = part("tabs").contains(document.activeElement);
    part("tabs").replaceChildren(...buttons);
    if (held) buttons[state.shown].focus();
    const name = /** @type {HTMLInputElement} */ (part("name"));
    if (document.activeElement !== name) name.value = state.variants[state.shown].name;
    const pressed = document.activeElement;
    part("add").toggleAttribute("disabled", state.variants.length >= MOST_VARIANTS);
    part("remove").toggleAttribute("disabled", state.variants.length < 2);
    part("undo").toggleAttribute("disabled", past.length === 0);
    // a button that can do no more lets go of the keyboard, which would start again at the top of the page
    if (pressed instanceof HTMLButtonElement && pressed.disabled) buttons[state.shown].focus();
  };

  /** @param {string} id @param {() => void} act */
  const on = (id, act) => part(id).addEventListener("click", act);
  on("add", () => {
    remember("");
    const name = filledIn(t.variant, { n: String(state.variants.length + 1) });
    state.variants.push({ name, choice: copied(state.variants[state.shown].choice) });
    state.shown = state.variants.length - 1;
    soon();
  });
  on("remove", () => {
    remember("");
    state.variants.splice(state.shown, 1);
    state.shown = Math.max(0, state.shown - 1);
    soon();
  });
  on("undo", () => {
    const before = past.pop();
    lastEdit = "";
    if (before !== undefined) state = JSON.parse(before);
    soon();
  });
  on("reset", () => {
    remember("");
    const kept = state.variants[state.shown].choice.lots;
    const design = copied(page.design);
    for (const id of Object.keys(kept)) if (kept[id].locked) design.lots[id] = kept[id];
    state.variants[state.shown].choice = design;
    say(Object.values(kept).some((one) => one.locked) ? t.reset_locked : t.reset_done);
    soon();
  });
  part("name").addEventListener("change", () => {
    remember("");
    const input = /** @type {HTMLInputElement} */ (part("name"));
    state.variants[state.shown].name = named(input.value) || t.design;
    soon();
  });
  // a page inside another one has no address to share
  part("link").toggleAttribute("hidden", location.protocol === "about:");
  on("link", () => {
    const link = location.href.split("#")[0] + asLink(page, state);
    history.replaceState(null, "", asLink(page, state));
    const box = /** @type {HTMLInputElement} */ (part("link-text"));
    box.hidden = false;
    box.value = link;
    box.select();
    say(t.link_done);
  });
  on("save", () => {
    const variants = state.variants.map((one) => ({ ...one, figures: said(figuresOf(one.choice), model) }));
    const blob = new Blob([written(page, { ...state, variants })], { type: "application/json" });
    const anchor = /** @type {HTMLAnchorElement} */ (element("a", { download: "keuze.json" }));
    anchor.href = URL.createObjectURL(blob);
    anchor.click();
    URL.revokeObjectURL(anchor.href);
    say(t.save_done);
  });
  on("print", () => window.print());
  const file = /** @type {HTMLInputElement} */ (part("file"));
  file.addEventListener("change", async () => {
    const own = file.files?.[0];
    if (own === undefined) return;
    take(own.size > page.most_bytes ? { problem: "too_large", about: "" } : read(page, await own.text()));
    file.value = "";
  });

  /** @param {import("./state.js").Read} found */
  const take = (found) => {
    if ("problem" in found) {
      say(filledIn(t[`refused_${found.problem}`], { about: found.about, case: page.case }));
      return;
    }
    remember("");
    state = found.state;
    say(found.otherDesign === true ? t.other_design : "");
    soon();
  };
  const linked = fromLink(page, location.hash);
  window.addEventListener("hashchange", () => {
    const own = fromLink(page, location.hash);
    if (own !== null) take(own);
  });
  if (linked !== null) take(linked);
  show();
  past.length = 0;
  showTabs();
}

/**
 * What keuze.json says that the page showed: the main figures by name.
 * @param {ReturnType<Figures["of"]>} found
 * @param {import("./kernel.js").Model} model
 */
function said(found, model) {
  const spending = Object.fromEntries(Object.entries(found.spending).map(([period, own]) => [period, {
    expected: own.expected.value, p10: own.p10.value, p90: own.p90.value, certain: own.certain.value,
    headroom: own.headroom, overrun_probability: own.overrun_probability.value, resistance: own.resistance.value,
  }]));
  const providers = Object.fromEntries(model.providers.flatMap((one, p) => {
    const own = found.providers[p];
    return own === null ? [] : [[one.id, { expected: own.expected.value, worst: -own.worst.value, buffer_used_up: own.buffer_used_up.value }]];
  }));
  return { spending, providers };
}

start();
