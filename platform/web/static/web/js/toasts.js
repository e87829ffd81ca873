// <jishi-toasts>: sentences leave by themselves after a while, unless somebody points at them or they are errors.
const STAY_MS = 8000;

class JishiToasts extends HTMLElement {
  connectedCallback() {
    for (const toast of this.querySelectorAll(".toast")) this.time(toast);
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".toast")) this.time(node);
    }).observe(this, { childList: true });
  }

  time(toast) {
    if (toast.classList.contains("bad")) return;
    let timer = setTimeout(() => toast.remove(), STAY_MS);
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
    for (const name of ["pointerleave", "focusout"]) {
      toast.addEventListener(name, () => {
        clearTimeout(timer);
        timer = setTimeout(() => toast.remove(), STAY_MS / 2);
      });
    }
  }
}

customElements.define("jishi-toasts", JishiToasts);
