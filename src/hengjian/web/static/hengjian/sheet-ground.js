// What all parts of the page use: elements, keys, short messages.

export default function ground() {
  const $ = (id) => document.getElementById(id);
  const key12 = () => hex(6);
  const number = () => hex(16);

  function hex(bytes) {
    return [...crypto.getRandomValues(new Uint8Array(bytes))].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  // An element with properties, attributes (data-, aria-, for) and children; texts are never read as HTML.
  function el(name, more = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(more)) {
      if (value === undefined || value === null || value === false) continue;
      if (key.includes("-") || key === "for" || key === "role") made.setAttribute(key, value);
      else made[key] = value;
    }
    made.append(...children.filter((one) => one !== null && one !== undefined && one !== ""));
    return made;
  }

  let sayClock = 0;
  function say(message) {
    const box = $("grid-say");
    box.textContent = message;
    box.classList.add("is-on");
    clearTimeout(sayClock);
    sayClock = setTimeout(() => box.classList.remove("is-on"), 4000);
  }

  function copyText(value) {
    const area = el("textarea", { className: "visually-hidden", value });
    document.body.append(area);
    area.select();
    document.execCommand("copy"); // works without HTTPS, too
    area.remove();
    say("已复制。");
  }

  const when = (at) => new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });

  return { $, key12, number, el, say, copyText, when };
}
