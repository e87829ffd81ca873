// <jishi-theme>: changes the theme at once and keeps it; without a script the form posts and comes back.
const ORDER = ["system", "light", "dark"];

class JishiTheme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      event.preventDefault();
      this.keep(button);
    });
  }

  async keep(button) {
    const theme = button.value;
    const form = button.form;
    const kept = await fetch(form.action, {
      method: "POST",
      headers: { "X-Requested-With": "jishi" },
      body: new URLSearchParams({ theme }),
    }).catch(() => null);
    if (!kept?.ok) return form.requestSubmit(button);
    document.documentElement.toggleAttribute("data-theme", theme !== "system");
    if (theme !== "system") document.documentElement.dataset.theme = theme;
    for (const other of document.querySelectorAll("jishi-theme")) other.show(theme);
  }

  show(theme) {
    const button = this.querySelector("button");
    button.value = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    button.textContent = this.dataset[theme];
  }
}

customElements.define("jishi-theme", JishiTheme);
