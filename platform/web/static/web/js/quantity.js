// <jishi-quantity>: minus and plus count in place and tell the form ("change"), within data-least and data-most.
class JishiQuantity extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    [this.less, this.more] = this.querySelectorAll("button");
    // Buttons with a name already work by posting; a form that wants htmx or a script says data-script.
    this.counts = !this.less.name || this.hasAttribute("data-script");
    if (this.counts) {
      for (const [button, by] of [[this.less, -1], [this.more, 1]]) {
        button.hidden = false;
        button.type = "button";
        button.addEventListener("click", () => this.set(Number(this.input.value) + by));
      }
    }
    this.input.addEventListener("change", () => this.set(Number(this.input.value), false));
    this.limit();
  }

  set(wanted, tell = true) {
    const { least, most } = this.input.dataset;
    const value = Math.min(Number(most), Math.max(Number(least), Math.trunc(wanted) || Number(least)));
    if (String(value) === this.input.value) return this.limit();
    this.input.value = value;
    this.limit();
    if (tell) this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  limit() {
    const value = Number(this.input.value);
    this.less.disabled = value <= Number(this.input.dataset.least);
    this.more.disabled = value >= Number(this.input.dataset.most);
  }
}

customElements.define("jishi-quantity", JishiQuantity);
