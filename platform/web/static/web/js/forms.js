// Forms: one press is one press; a choice can send itself; one tick ticks all; a code copies itself.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending || event.defaultPrevented) return event.preventDefault();
  if (form.method !== "post") return;
  form.dataset.sending = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 15000);
});

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

// Addresses that can be shared: a form that asks leaves out what says nothing.
document.addEventListener("formdata", ({ target, formData }) => {
  if (target.method !== "get") return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

// A page that comes back from the browser's memory must not stay busy; neither must a form that htmx sent.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:afterRequest", () => document.querySelectorAll("form[data-sending]").forEach(release));

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-send-on-change]")) field.form?.requestSubmit();
  if (field.matches("[data-tick-all]")) {
    for (const tick of field.form.querySelectorAll("tbody .tick:not(:disabled)")) tick.checked = field.checked;
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  event.preventDefault();
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied ?? "✓";
});

// What only a page without a script needs: the button beside a choice that sends itself.
for (const spare of document.querySelectorAll("[data-without-script]")) spare.hidden = true;
