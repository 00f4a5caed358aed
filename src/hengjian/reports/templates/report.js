(function () {
  "use strict";
  var all = function (query, root) { return Array.prototype.slice.call((root || document).querySelectorAll(query)); };
  all("tr.detail").forEach(function (row) { row.hidden = true; });
  all("button.toggle").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var row = document.getElementById(button.getAttribute("aria-controls"));
      row.hidden = !row.hidden;
      button.setAttribute("aria-expanded", String(!row.hidden));
    });
  });
  var bar = document.querySelector(".filters");
  bar.classList.remove("hide");
  var code = document.getElementById("by-code"), words = document.getElementById("by-words"), count = document.getElementById("shown");
  function apply() {
    var levels = {}, shown = 0;
    all("input[name=level]", bar).forEach(function (box) { levels[box.value] = box.checked; });
    var filtering = code.value !== "" || Object.keys(levels).some(function (key) { return !levels[key]; });
    all(".findings li").forEach(function (item) {
      var keep = levels[item.dataset.group] && (code.value === "" || item.dataset.code === code.value);
      item.classList.toggle("hide", !keep);
      if (keep) { shown += 1; }
    });
    all("section.document").forEach(function (section) {
      var text = words.value.trim(), match = text === "" || section.dataset.text.indexOf(text) >= 0;
      var any = !filtering || section.querySelector(".findings li:not(.hide)");
      section.classList.toggle("hide", !(match && any));
      if (!match) { shown -= all(".findings li:not(.hide)", section).length; }
    });
    all("tr.of-form").forEach(function (row) {
      var section = document.getElementById(row.dataset.target);
      row.classList.toggle("hide", !!section && section.classList.contains("hide"));
    });
    count.textContent = "显示 " + shown + " 条";
  }
  bar.addEventListener("input", apply);
  bar.addEventListener("change", apply);
  document.getElementById("open-all").addEventListener("click", function () {
    var open = this.dataset.open !== "1";
    this.dataset.open = open ? "1" : "0";
    this.textContent = open ? "收起明细" : "展开明细";
    all("button.toggle").forEach(function (button) {
      var row = document.getElementById(button.getAttribute("aria-controls"));
      row.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    });
  });
  var marked = [], closed = [];
  window.addEventListener("beforeprint", function () {
    marked = all("tr.detail[hidden].found");
    marked.forEach(function (row) { row.hidden = false; });
    closed = all("details:not([open]):not(.no-print)");
    closed.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    marked.forEach(function (row) { row.hidden = true; });
    closed.forEach(function (part) { part.open = false; });
  });
  apply();
})();
