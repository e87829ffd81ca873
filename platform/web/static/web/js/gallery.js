// <jishi-gallery>: thumbnails follow the sliding views, a click opens the large picture in a dialog.
class JishiGallery extends HTMLElement {
  connectedCallback() {
    this.views = this.querySelector(".views");
    this.thumbs = [...this.querySelectorAll(".thumbs a")];
    this.zoom = this.querySelector("dialog.zoom");
    this.addEventListener("click", (event) => this.clicked(event));
    let waiting = 0;
    this.views.addEventListener("scroll", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => this.mark(Math.round(this.views.scrollLeft / this.views.clientWidth)));
    }, { passive: true });
    this.zoom?.addEventListener("click", (event) => event.target.closest("button") || this.zoom.close());
  }

  clicked(event) {
    const thumb = event.target.closest(".thumbs a");
    const view = event.target.closest(".views a");
    if (thumb) {
      event.preventDefault();
      this.show(this.thumbs.indexOf(thumb));
    } else if (view && this.zoom && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.open(view);
    }
  }

  show(index) {
    this.views.scrollTo({ left: index * this.views.clientWidth, behavior: "smooth" });
    this.mark(index);
  }

  mark(index) {
    this.thumbs.forEach((thumb, i) => (i === index ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
  }

  open(view) {
    this.zoom.querySelector("img")?.remove();
    const small = view.querySelector("img");
    const large = new Image();
    large.src = view.href;
    large.alt = small?.alt ?? "";
    this.zoom.prepend(large);
    this.zoom.showModal();
  }
}

customElements.define("jishi-gallery", JishiGallery);
