// <jishi-clock data-until="2026-11-22T10:55:00Z">: what is left, running. data-then="reload" loads the page anew at the end.
class JishiClock extends HTMLElement {
  connectedCallback() {
    this.until = Date.parse(this.dataset.until);
    if (Number.isNaN(this.until)) return;
    this.classList.add("clock");
    this.setAttribute("role", "timer");
    this.tick();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.max(0, Math.round((this.until - Date.now()) / 1000));
    const parts = [Math.floor(left / 60) % 60, left % 60];
    if (left >= 3600) parts.unshift(Math.floor(left / 3600));
    const nodes = parts.flatMap((part, i) => {
      const figure = Object.assign(document.createElement("b"), { textContent: String(part).padStart(2, "0") });
      return i ? [":", figure] : [figure];
    });
    this.replaceChildren(...nodes);
    if (left > 0) return;
    clearInterval(this.timer);
    if (this.dataset.then === "reload") setTimeout(() => location.reload(), 1500);
  }
}

customElements.define("jishi-clock", JishiClock);
