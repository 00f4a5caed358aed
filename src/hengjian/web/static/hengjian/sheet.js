// The page on which a sheet is filled in. Its parts stand in modules: what the sheet holds (rows), what people do with it
// (changes, commands), what must be decided (open), what the server says (live), the tables (tables, over the spreadsheet of
// grid), the row beside them (side). Each part is a function that takes the whole and gives what it adds to it; a part calls
// those built after it through the whole. What a form, a rule or a score means is never decided here.

const script = document.getElementById("sheet-script").dataset;
const data = JSON.parse(document.getElementById("sheet-data").textContent);
const load = (name) => import(script[name]);
const [{ Outbox }, { Grid }] = await Promise.all(["outbox", "grid"].map(load));
const parted = await Promise.all(["ground", "rows", "changes", "open", "live", "tables", "commands", "side"].map(load));

const POLL = 10000;
const sheet = { data, Outbox, Grid, grids: new Map(), live: { now: data.live }, showSaving, renew };
for (const part of parted) Object.assign(sheet, part.default(sheet));
const { $, el, say, copyText, apply, nameOf, labelOf, parts, grids, outbox, undecided, askLive, fetchLive } = sheet;

// --- saved or not ---------------------------------------------------------------------------------------------------------

function showSaving() {
  const box = $("saving");
  const count = outbox.queue.length;
  const local = outbox.kept === false ? "（本机存储已满，离开前请等待保存）" : "内容保存在本机";
  box.className = `sheet-saving is-${count ? outbox.state : "saved"}`;
  box.replaceChildren();
  if (!data.editable && !count) return;
  if (!count) return void box.append(el("i", { className: "ti ti-check", "aria-hidden": "true" }), " 已全部保存");
  const told = {
    saving: [`正在保存 ${count} 处…`],
    offline: [`未保存 ${count} 处，正在重试；${local}`],
    login: ["登录已过期，", el("a", { href: data.urls.login, target: "_blank", rel: "opener" }, "点此重新登录"), `；${count} 处修改${local}`],
    closed: [`${count} 处没有保存：${outbox.message}`],
    gone: [`${count} 处没有保存：${outbox.message}；${local}`],
  }[outbox.state] || [`未保存 ${count} 处`];
  box.append(...told);
  if (outbox.state === "closed" || outbox.state === "gone") {
    const texts = outbox.queue.map((one) => `${nameOf(one.row)}\t${labelOf(one.field)}\t${one.to ?? ""}`).join("\n");
    box.append(" ", el("button", { type: "button", className: "btn btn-sm", onclick: () => copyText(texts) }, "复制内容"), " ", el("button", { type: "button", className: "btn btn-sm", onclick: () => confirm("放弃这些没有保存的修改？") && (outbox.drop(), location.reload()) }, "放弃修改"));
  }
}

async function renew() {
  const answer = await fetch(`${data.urls.live}?revision=${outbox.base}`, { redirect: "manual", credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return false;
  const told = await answer.json();
  if (told.user !== data.user) {
    say("现在登录的是另一个账号，请用原来的账号重新登录。");
    return false;
  }
  outbox.token = told.token;
  return true;
}

// --- the whole page -----------------------------------------------------------------------------------------------------------------

function submitWhenSaved() {
  const form = $("submit-form");
  if (!form) return;
  let waiting = false;
  form.addEventListener(
    "submit",
    (event) => {
      grids.forEach((grid) => grid.finish());
      form.elements.expected.value = outbox.base;
      if (!outbox.queue.length && !undecided()) return;
      event.preventDefault();
      event.stopPropagation();
      if (undecided()) return void say("还有须由您决定的格，请先处理右侧的“须由您决定”。");
      if (waiting) return;
      waiting = true;
      say("正在保存最后的修改，保存好后再送审…");
      const clock = setInterval(() => {
        if (outbox.queue.length && outbox.state === "saving") return;
        clearInterval(clock);
        waiting = false;
        if (!outbox.queue.length) form.requestSubmit();
        else say("还有修改没有保存，暂不能送审。");
      }, 200);
    },
    true,
  );
}

sheet.buildSide();
sheet.build();
const left = await outbox.adopt();
if (left.length) {
  left.forEach((change) => apply(change));
  sheet.stale(true);
  parts.forEach((_, part) => sheet.draw(part));
  sheet.drawHead();
  outbox.show(outbox.state === "saved" ? "saving" : outbox.state);
  outbox.soon(0);
}
// A file put behind a value is counted in the table.
$("side-evidence").addEventListener("htmx:afterSwap", (event) => event.detail.requestConfig?.verb === "post" && askLive());
sheet.showOpen();
sheet.showLive();
showSaving();
submitWhenSaved();
document.documentElement.classList.add("sheet-ready");

setInterval(() => {
  if (document.visibilityState === "visible" && !outbox.queue.length) fetchLive(true);
}, POLL);
window.addEventListener("focus", () => {
  outbox.hurry();
  if (!outbox.queue.length) fetchLive(true);
});
window.addEventListener("pagehide", () => {
  grids.forEach((grid) => grid.draft());
  outbox.leave();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") grids.forEach((grid) => grid.draft());
});
window.addEventListener("beforeunload", (event) => {
  if (outbox.queue.length && outbox.kept === false) event.preventDefault();
});
// Another page of this form in the same browser has saved something: look at once instead of at the next poll.
window.addEventListener("storage", (event) => {
  if (event.key?.startsWith(outbox.store.scope) && event.newValue === null && !outbox.queue.length) askLive(200);
});
