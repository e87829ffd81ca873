// <jishi-search>: what may be meant, below the search box: the ARIA pattern "editable combobox with list autocomplete".
// The box keeps the focus. Nothing is asked or sent while an input method composes; an answer that comes late is dropped.
const WAIT_MS = 120;
const MOST_RECENT = 8;
const RECENT = "jishi-recent";
const OFF = "jishi-recent-off";

class JishiSearch extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.input = this.form.querySelector("input");
    this.answers = new Map();
    this.active = -1;
    this.setAttribute("role", "listbox");
    this.input.type = "text"; // a field of type "search" may not be a combobox
    this.input.enterKeyHint = "search";
    const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id };
    for (const [name, value] of Object.entries(said)) this.input.setAttribute(name, value);
    this.listen();
  }

  listen() {
    const on = (target, name, act) => target.addEventListener(name, act);
    on(this.input, "compositionstart", () => this.compose(true));
    on(this.input, "compositionend", () => this.compose(false));
    on(this.input, "input", () => this.ask(WAIT_MS));
    for (const name of ["focus", "click"]) on(this.input, name, () => !this.input.value.trim() && this.ask(0));
    on(this.input, "keydown", (event) => this.press(event));
    on(this.form, "submit", (event) => (this.composing ? event.preventDefault() : this.keep(this.input.value)));
    on(this.form, "focusout", (event) => this.form.contains(event.relatedTarget) || this.close());
    on(this, "pointerdown", (event) => event.pointerType === "mouse" && event.preventDefault());
    on(this, "click", (event) => this.click(event));
    on(window, "pageshow", () => this.close());
  }

  compose(composing) {
    this.composing = composing;
    if (composing) this.forgetQuestion();
    else this.ask(WAIT_MS);
  }

  press(event) {
    if (event.isComposing || this.composing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.hidden) this.ask(0);
      else this.move(step);
    } else if (event.key === "Enter" && this.chosen) {
      event.preventDefault();
      this.chosen.click();
    } else if (event.key === "Escape") {
      if (this.hidden) this.input.value = "";
      else event.preventDefault();
      this.close();
    } else if (event.key === "Delete" && this.chosen?.dataset.recent) {
      event.preventDefault();
      this.drop(this.chosen.dataset.recent);
    } else if (event.key === "Tab") {
      this.close();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      this.mark(-1);
    }
  }

  get options() {
    return [...this.querySelectorAll("[role=option]")];
  }

  get chosen() {
    return this.hidden ? undefined : this.options[this.active];
  }

  move(step) {
    const count = this.options.length + 1; // the box itself is one of the stops
    this.mark(((this.active + 1 + step + count) % count) - 1);
  }

  mark(place) {
    this.active = place;
    this.options.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    if (!this.chosen) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", this.chosen.id);
    this.chosen.scrollIntoView({ block: "nearest" });
  }

  forgetQuestion() {
    clearTimeout(this.timer);
    this.question?.abort();
  }

  ask(wait) {
    this.forgetQuestion();
    if (this.composing) return;
    this.timer = setTimeout(() => this.find(this.input.value.trim().slice(0, 100)), wait);
  }

  async find(typed) {
    const question = (this.question = new AbortController());
    if (!this.answers.has(typed)) {
      const address = `${this.dataset.source}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal: question.signal }).catch(() => null);
      const rows = answer?.ok ? await answer.text().catch(() => null) : null;
      if (question.signal.aborted) return;
      if (rows === null) return this.show(typed, "");
      this.answers.set(typed, rows);
    }
    this.show(typed, this.answers.get(typed));
  }

  show(typed, rows) {
    if (document.activeElement !== this.input) return;
    this.innerHTML = rows;
    hearChoice(this);
    if (!typed) this.prepend(...this.drawRecent());
    this.options.forEach((option, number) => {
      option.id = `${this.id}-${number}`;
      option.tabIndex = -1;
    });
    this.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.hidden));
    this.mark(-1);
  }

  close() {
    this.forgetQuestion();
    this.replaceChildren();
    this.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  click(event) {
    const dropped = event.target.closest("[data-drop]");
    if (dropped) return event.preventDefault(), this.drop(dropped.dataset.drop);
    const option = event.target.closest("[role=option]");
    if (!option) return;
    if ("forget" in option.dataset) return event.preventDefault(), this.drop();
    this.keep(option.dataset.text ?? "");
  }

  // ---- What was looked for in this browser; nobody else hears of it.

  get recent() {
    try {
      const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
      return Array.isArray(kept) ? kept.filter((words) => typeof words === "string").slice(0, MOST_RECENT) : [];
    } catch {
      return [];
    }
  }

  write(words) {
    try {
      if (words.length) localStorage.setItem(RECENT, JSON.stringify(words));
      else localStorage.removeItem(RECENT);
    } catch {
      // A browser that keeps nothing keeps nothing.
    }
  }

  keep(text) {
    const words = text.trim().slice(0, 100);
    if (!words || isOff()) return;
    this.write([words, ...this.recent.filter((other) => other !== words)].slice(0, MOST_RECENT));
  }

  drop(words) {
    this.write(words === undefined ? [] : this.recent.filter((other) => other !== words));
    this.input.focus();
    this.find("");
  }

  drawRecent() {
    const recent = isOff() ? [] : this.recent;
    if (!recent.length) return [];
    const rows = recent.map((words) => this.drawRow(words));
    const head = make("p", { className: "tiny faint", textContent: this.dataset.recent, role: "presentation" });
    const forget = make("a", { className: "small", role: "option", textContent: this.dataset.forget });
    forget.dataset.forget = "";
    return [head, ...rows, forget];
  }

  drawRow(words) {
    const address = `${this.form.action}?q=${encodeURIComponent(words)}`;
    const option = make("a", { href: address, role: "option", ariaLabel: words });
    option.dataset.text = option.dataset.recent = words;
    const drop = make("span", { textContent: "✕", className: "button plain s", title: this.dataset.remove });
    drop.dataset.drop = words;
    option.append(make("span", { textContent: words, className: "clip" }), drop);
    return option;
  }
}

function make(name, facts) {
  return Object.assign(document.createElement(name), facts);
}

// The server's word (data-personal="off" or "on", on a page or among the rows) decides; what was kept goes with it.
function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return true;
  }
}

function hearChoice(place) {
  const choice = place.querySelector("[data-personal]")?.dataset.personal;
  try {
    if (choice === "on") localStorage.removeItem(OFF);
    if (choice !== "off") return;
    localStorage.setItem(OFF, "1");
    localStorage.removeItem(RECENT);
  } catch {
    // nothing is kept then
  }
}

hearChoice(document);
customElements.define("jishi-search", JishiSearch);
