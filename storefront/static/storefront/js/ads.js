// Tells the market which ads were drawn, which of them stood half on screen for a second (large ones: 30 %), since that is
// what merchants pay for, and how long the page after a click was looked at. Places sold by time are counted too. To the
// market itself and nobody else.
const LARGE = 242500;
const ads = new Set(document.querySelectorAll("[data-ad],[data-lot]"));
const timers = new Map();
const viewed = [];
const lots = [];

const tell = (report) =>
  navigator.sendBeacon("/ad/seen/", new Blob([JSON.stringify(report)], { type: "application/json" }));
const send = () => viewed.length + lots.length && tell({ viewed: viewed.splice(0), lots: lots.splice(0) });

function stop(ad) {
  clearTimeout(timers.get(ad));
  timers.delete(ad);
}

function count(ad) {
  ads.delete(ad);
  eye.unobserve(ad);
  if (ad.dataset.lot) lots.push(+ad.dataset.lot);
  else viewed.push(ad.dataset.ad);
  setTimeout(send, 200);
}

function look({ target, intersectionRatio, boundingClientRect: { width, height } }) {
  if (document.hidden || intersectionRatio < (width * height > LARGE ? 0.3 : 0.5)) stop(target);
  else if (!timers.has(target)) timers.set(target, setTimeout(count, 1000, target));
}

const eye = new IntersectionObserver((entries) => entries.forEach(look), { threshold: [0.3, 0.5] });

function watch() {
  for (const ad of ads) {
    stop(ad);
    eye.unobserve(ad);
    if (!document.hidden) eye.observe(ad);
  }
}

const clicked = sessionStorage.getItem("ad");
const began = Date.now();
sessionStorage.removeItem("ad");

document.addEventListener("visibilitychange", () => {
  watch();
  if (!document.hidden) return;
  send();
  if (clicked) tell({ dwell: { token: clicked, ms: Date.now() - began } });
});
document.addEventListener("click", ({ target }) => {
  const link = target.closest('[data-ad] a[href^="/ad/"]');
  if (link) sessionStorage.setItem("ad", link.pathname.split("/")[2]);
});

const rendered = [...ads].flatMap((ad) => ad.dataset.ad ?? []);
if (rendered.length) tell({ rendered });
watch();
