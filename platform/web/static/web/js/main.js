// Small helpers for pages that work without them. Each file owns one element; nothing here is needed to buy.
import "./theme.js";
import "./quantity.js";
import "./gallery.js";
import "./variants.js";
import "./toasts.js";
import "./clock.js";
import "./forms.js";
import "./search.js";
