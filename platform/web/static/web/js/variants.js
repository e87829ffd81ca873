// <jishi-variants>: reads which combinations are sold and keeps price, stock and choices in step.
// Without a script the radio buttons post as they are and the server finds the variant.
class JishiVariants extends HTMLElement {
  connectedCallback() {
    const source = this.querySelector("script[data-variants]");
    if (!source) return;
    this.variants = JSON.parse(source.textContent);
    this.groups = [...new Set([...this.querySelectorAll(".option input")].map((input) => input.name))];
    this.addEventListener("change", () => this.update(true));
    this.update(false);
  }

  inputs(group) {
    return [...this.querySelectorAll(".option input")].filter((input) => input.name === group);
  }

  chosen() {
    return this.groups.map((group) => this.inputs(group).find((input) => input.checked)?.value ?? "");
  }

  // Whether something is sold with `value` at place `at`, the other choices staying as they are.
  sold(choices, at, value) {
    return this.variants.some((variant) => variant.sold && variant.choices.every((choice, i) =>
      i === at ? choice === value : !choices[i] || choice === choices[i]));
  }

  update(told) {
    const choices = this.chosen();
    this.groups.forEach((group, at) => {
      for (const input of this.inputs(group)) {
        const gone = !this.sold(choices, at, input.value);
        input.disabled = gone && !input.checked;
        input.closest(".option").toggleAttribute("data-gone", gone);
        const word = input.closest(".option").querySelector("small[data-gone]");
        if (word) word.hidden = !gone;
      }
    });
    const variant = this.variants.find((one) => one.choices.every((choice, i) => choice === choices[i]));
    this.show(variant, choices, told);
  }

  show(variant, choices, told) {
    const hidden = this.querySelector("input[data-variant]");
    if (hidden) hidden.value = variant?.sold ? variant.id : "";
    for (const button of document.querySelectorAll("[data-needs-variant]")) button.disabled = !variant?.sold;
    if (!variant) return;
    for (const place of document.querySelectorAll("[data-variant-price]")) this.setPrice(place, variant.price);
    for (const place of document.querySelectorAll("[data-variant-was]")) {
      place.textContent = variant.was;
      place.hidden = !variant.was;
    }
    for (const place of document.querySelectorAll("[data-variant-note]")) {
      place.textContent = variant.note;
      place.hidden = !variant.note;
    }
    const said = this.querySelector("[data-variant-said]");
    if (said) said.textContent = variant.sold ? "" : this.stillSold(said.dataset.variantSaid, choices);
    if (told && variant.picture !== null) document.querySelector("jishi-gallery")?.show(variant.picture);
    this.dispatchEvent(new CustomEvent("variant", { bubbles: true, detail: variant }));
  }

  setPrice(place, [symbol, integer, decimals]) {
    const small = (text) => Object.assign(document.createElement("small"), { textContent: text });
    place.replaceChildren(small(symbol), integer, small(decimals));
  }

  stillSold(sentence, choices) {
    const last = this.groups.length - 1;
    const names = this.inputs(this.groups[last])
      .filter((input) => this.sold(choices, last, input.value))
      .map((input) => input.dataset.label);
    return names.length ? sentence.replace("…", names.join(document.documentElement.lang.startsWith("zh") ? "、" : ", ")) : "";
  }
}

customElements.define("jishi-variants", JishiVariants);
