// Manners that every page shares. Everything works without this file.

// What the server refuses (409, 413, 429) comes with a message: show it where messages stand instead of swallowing it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 404, 409, 413, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A form marked so is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[method=post]:not([hx-post])")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A part of the page that was replaced under the keyboard keeps the focus: the next Tab goes on from there.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (document.activeElement !== document.body || !(part instanceof HTMLElement) || !part.matches("section")) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
});
