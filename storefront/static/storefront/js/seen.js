// Tells the market which offers of a list were seen and which were opened, so that good ones come first (see /interests/).
// To the market itself and nobody else; not from browsers that ask not to be followed. No page needs it.
const WAIT = 1500;
const MOST = 60;
const silent = navigator.globalPrivacyControl || navigator.doNotTrack === "1";

const makeToken = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

class Report {
  constructor(list) {
    this.query = list?.dataset.query ?? "";
    this.category = Number(list?.dataset.category) || null;
    this.token = makeToken();
    this.events = [];
    this.told = new Set();
    reports.push(this);
  }

  add(kind, listing, position) {
    const key = `${kind} ${listing}`;
    if (!listing || this.told.has(key)) return;
    this.told.add(key);
    this.events.push([kind, listing, position]);
    this.timer ??= setTimeout(() => this.send(), WAIT);
  }

  send() {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.events.length) {
      const body = { token: this.token, query: this.query, category: this.category, events: this.events.splice(0, MOST) };
      navigator.sendBeacon("/seen/", new Blob([JSON.stringify(body)], { type: "application/json" }));
    }
  }
}

const reports = [];
const followed = new WeakSet();
const findListing = (card) => Number(/\/item\/(\d+)\//.exec(card.querySelector("h3 a")?.getAttribute("href"))?.[1]);

function follow(list) {
  if (followed.has(list)) return;
  followed.add(list);
  const report = new Report(list);
  const before = ((Number(list.dataset.page) || 1) - 1) * (Number(list.dataset.size) || 0);
  const cards = [...list.children];
  const place = (card) => before + cards.indexOf(card) + 1;
  const eye = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        eye.unobserve(target);
        report.add("shown", findListing(target), place(target));
      }
    },
    { threshold: 0.5 },
  );
  cards.forEach((card) => eye.observe(card));
  for (const event of ["click", "auxclick"]) {
    list.addEventListener(event, ({ target }) => {
      const card = target.closest("a") && target.closest("[data-seen] > li");
      if (!card || !target.closest("a").getAttribute("href").includes("/item/")) return;
      report.add("clicked", findListing(card), place(card));
      report.send();
    });
  }
}

if (!silent && navigator.sendBeacon) {
  const followAll = (part) => part.querySelectorAll("[data-seen]").forEach(follow);
  followAll(document);
  document.addEventListener("htmx:load", ({ detail }) => followAll(detail.elt)); // shelves that are fetched later
  const viewed = document.querySelector("[data-viewed]");
  if (viewed) new Report().add("viewed", Number(viewed.dataset.viewed), null);
  const sendAll = () => document.visibilityState === "hidden" && reports.forEach((report) => report.send());
  document.addEventListener("visibilitychange", sendAll);
}
