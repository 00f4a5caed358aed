// The page on which a sheet is filled in. It draws the parts of the sheet as tables (sheet-grid.js), turns what people do into
// numbered changes (sheet-outbox.js), and shows beside the cells what the server says of them. What a form, a rule or a score
// means is never decided here.

const script = document.getElementById("sheet-script").dataset;
const data = JSON.parse(document.getElementById("sheet-data").textContent);
const { Outbox } = await import(script.outbox);
const { Grid } = await import(script.grid);

const POLL = 10000;
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

// --- what the sheet holds ---------------------------------------------------------------------------------------------

const rows = new Map(); // key → {key, part, parent, cells}
const order = new Map(); // part → keys in order
const parts = new Map(data.parts.map((part) => [part.part, part]));
const live = { now: data.live };
for (const row of data.rows) insert(row, null);

function insert(row, after) {
  rows.set(row.key, { ...row, cells: { ...row.cells } });
  const keys = order.get(row.part) || [];
  order.set(row.part, keys);
  const place = after === "^" ? 0 : after ? keys.indexOf(after) + 1 || keys.length : keys.length;
  keys.splice(place, 0, row.key);
}

function family(key) {
  const out = [key];
  for (const one of out) for (const row of rows.values()) if (row.parent === one) out.push(row.key);
  return out;
}

function cut(key) {
  const row = rows.get(key);
  if (!row) return;
  const keys = order.get(row.part);
  keys.splice(keys.indexOf(key), 1);
  rows.delete(key);
}

const text = (key, field) => {
  const value = rows.get(key)?.cells[field];
  return value === undefined || value === null ? "" : String(value);
};
const before = (key) => {
  const keys = order.get(rows.get(key).part);
  return keys[keys.indexOf(key) - 1] || "^";
};

// Apply a change to what the page holds; the answer is the change that takes it back.
function apply(change) {
  const { row: key } = change;
  const row = rows.get(key);
  if (change.do === "add") {
    if (row) return [];
    insert({ key, part: change.part, parent: change.parent || "", cells: change.cells || {} }, change.after);
    return [{ do: "remove", row: key }];
  }
  if (!row) return [];
  if (change.do === "set") {
    const was = text(key, change.field);
    row.cells[change.field] = change.to;
    row.unsure = row.unsure?.filter((field) => field !== change.field);
    return [{ do: "set", row: key, field: change.field, from: change.to, to: was }];
  }
  if (change.do === "move") {
    const back = { do: "move", row: key, after: before(key), parent: row.parent };
    const keys = order.get(row.part);
    keys.splice(keys.indexOf(key), 1);
    keys.splice(change.after === "^" ? 0 : keys.indexOf(change.after) + 1 || keys.length, 0, key);
    if (change.parent !== undefined) row.parent = change.parent;
    return [back];
  }
  const gone = family(key).map((one) => ({ ...rows.get(one), after: before(one) }));
  const back = gone.map((one) => ({ do: "add", row: one.key, part: one.part, parent: one.parent, after: one.after, cells: { ...one.cells } }));
  gone.forEach((one) => cut(one.key));
  return back;
}

// --- changes ------------------------------------------------------------------------------------------------------------

const undone = [];
const done = [];

const outbox = new Outbox({
  url: data.urls.cells,
  scope: `${data.user}:${data.sheet}`,
  base: data.live.revision,
  token: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
  told: {
    state: () => showSaving(),
    saved: (answer) => {
      takeOthers(answer.others);
      askLive();
    },
    conflict: (one) => conflict(one),
    refused: (change, message) => refused(change, message),
    renew: () => renew(),
  },
});

// Below the rows of a table stands a blank one; what is typed there makes it a row.
const blanks = new Map(); // part → key of its blank row
const fresh = new Set(); // rows that came from a blank one by what is being typed just now

function grown(changes, only = false) {
  const made = new Map();
  return changes.flatMap((one) => {
    if (one.do !== "set" || rows.has(one.row)) return [one];
    if (made.has(one.row)) {
      made.get(one.row).cells[one.field] = one.to;
      return [];
    }
    const part = [...blanks].find(([, key]) => key === one.row)?.[0];
    if (!part || !one.to) return [];
    if (!only) blanks.delete(part);
    if (!only) fresh.add(one.row);
    const last = (order.get(part) || []).at(-1) || "";
    const cells = parts.get(part).columns.some((column) => column.kind === "class" && column.field === one.field) ? {} : classesOf(part, last);
    const parent = rows.get(last)?.parent || "";
    const add = { id: one.id, do: "add", row: one.row, part, parent: part === "cost" ? parent : "", after: last, cells: { ...cells, [one.field]: one.to } };
    if (one.library) add.library = one.library;
    made.set(one.row, add);
    return [add];
  });
}

// What is being typed, as the change it would be.
function typed(row, field, from, to) {
  return grown([{ id: number(), do: "set", row, field, from, to }], true)[0] || null;
}

function classesOf(part, key) {
  const columns = rows.has(key) ? parts.get(part).columns.filter((column) => column.kind === "class") : [];
  return Object.fromEntries(columns.map((column) => [column.field, text(key, column.field)]));
}

// Do something a person did: at once on the page, then on its way to the server. One call is one step of undo.
function perform(changes, { undo = true, keep = null } = {}) {
  const useful = grown(changes.filter((one) => one.do !== "set" || one.from !== one.to));
  if (!useful.length) return;
  const backs = [];
  const sent = useful.map((one) => {
    const change = { ...one, id: number() };
    if (change.do === "remove" && rows.has(change.row)) change.from = { ...rows.get(change.row).cells };
    backs.unshift(apply(change));
    return change;
  });
  if (undo) {
    done.push(backs.flat());
    undone.length = 0;
  }
  outbox.add(sent);
  redraw(useful, keep);
}

function redraw(changes, keep) {
  const whole = new Set(changes.filter((one) => one.do !== "set").map((one) => rows.get(one.row)?.part || one.part));
  if (changes.some((one) => one.do === "remove")) parts.forEach((_, part) => whole.add(part));
  whole.forEach((part) => part && draw(part, keep));
  for (const one of changes) if (one.do === "set") drawCell(one.row, one.field);
}

function turnBack(from, to) {
  const step = from.pop();
  if (!step) return;
  const lost = step.filter((one) => one.do === "set" && text(one.row, one.field) !== one.from);
  const usable = step.filter((one) => !lost.includes(one) && (one.do === "add" ? !rows.has(one.row) : rows.has(one.row)));
  if (lost.length) say(`${lost.length} 格后来又有改动，没有撤销。`);
  if (!usable.length) return;
  const backs = [];
  const sent = usable.map((one) => {
    const change = { ...one, id: number() };
    backs.unshift(apply(change));
    return change;
  });
  to.push(backs.flat());
  outbox.add(sent);
  redraw(usable, null);
  const last = usable.at(-1);
  if (rows.has(last.row)) grids.get(rows.get(last.row).part)?.go(last.row, last.field);
}

// --- what others changed ------------------------------------------------------------------------------------------------

function takeOthers(list) {
  const drawn = new Set();
  for (const one of list || []) {
    if (one.field) {
      const row = rows.get(one.row);
      if (!row || outbox.pending(one.row, one.field)) continue;
      if (text(one.row, one.field) === String(one.now ?? "")) continue;
      row.cells[one.field] = one.now ?? "";
      drawCell(one.row, one.field, true);
      continue;
    }
    const had = rows.get(one.row);
    if (had) drawn.add(had.part);
    if (!one.whole) {
      if (!had || outbox.pending(one.row)) continue; // what waits for it comes back as a conflict
      snapshots.set(one.row, { ...had, cells: { ...had.cells } });
      family(one.row).forEach(cut);
      continue;
    }
    drawn.add(one.whole.part);
    if (!had) {
      if (!outbox.pending(one.row)) insert(one.whole, one.whole.after);
      continue;
    }
    had.parent = one.whole.parent;
    for (const [field, value] of Object.entries(one.whole.cells)) if (!outbox.pending(one.row, field)) had.cells[field] = value;
  }
  drawn.forEach((part) => draw(part));
}

// The order of rows is the server's as soon as nothing of ours is on its way.
function takeOrder(told) {
  for (const [part, keys] of Object.entries(told)) {
    const own = order.get(part) || [];
    const known = keys.filter((key) => rows.has(key));
    if (known.length !== own.length || known.every((key, n) => key === own[n])) continue;
    order.set(part, known);
    draw(part);
  }
}

const snapshots = new Map(); // rows that others removed, as they were

// --- conflicts and refusals: what was typed is kept in this browser until the person has decided ---------------------------

const OPEN = `hengjian:open:${data.user}:${data.sheet}`;
let open = readOpen();

function readOpen() {
  try {
    return JSON.parse(localStorage.getItem(OPEN)) || [];
  } catch {
    return [];
  }
}

function keepOpen() {
  try {
    if (open.length) localStorage.setItem(OPEN, JSON.stringify(open));
    else localStorage.removeItem(OPEN);
  } catch {
    /* shown on the page in any case */
  }
  showOpen();
}

function conflict(one) {
  const change = one.change || {};
  const kind = change.do === "remove" ? "remove" : one.gone ? "gone" : "cell";
  open = open.filter((other) => other.row !== one.row || other.field !== one.field || other.kind === "refused");
  const snapshot = snapshots.get(one.row) || rows.get(one.row);
  const name = nameOf(one.row) || snapshot?.cells.name || "";
  open.push({ kind, row: one.row, field: one.field, mine: one.mine, theirs: one.theirs, by: one.by, at: one.at, name, snapshot });
  if (kind === "cell" && rows.has(one.row)) {
    rows.get(one.row).cells[one.field] = one.theirs ?? "";
    drawCell(one.row, one.field, true);
  } else if (kind === "remove") {
    insert({ ...change, key: one.row, part: snapshots.get(one.row)?.part || "indicators", parent: "", cells: one.theirs || {} }, null);
  } else if (rows.has(one.row)) {
    const { part } = rows.get(one.row);
    family(one.row).forEach(cut);
    draw(part);
  }
  keepOpen();
}

function refused(change, message) {
  const mine = change.do === "set" ? change.to : Object.values(change.cells || {}).join("　");
  open.push({ kind: "refused", row: change.row, field: change.field || "", mine, message, name: nameOf(change.row) });
  keepOpen();
}

function settle(one, mine) {
  open = open.filter((other) => other !== one);
  keepOpen();
  if (!mine) return;
  if (one.kind === "cell" || (one.kind === "refused" && rows.has(one.row))) {
    perform([{ do: "set", row: one.row, field: one.field, from: text(one.row, one.field), to: one.mine ?? "" }]);
    focusCell(one.row, one.field);
  } else if (one.kind === "gone" && one.snapshot) {
    const { key, part, parent, cells } = one.snapshot;
    if (!rows.has(key)) perform([{ do: "add", row: key, part, parent: rows.has(parent) ? parent : "", after: "", cells: { ...onlyTexts(cells), [one.field]: one.mine ?? "" } }]);
  } else if (one.kind === "remove" && rows.has(one.row)) {
    perform([{ do: "remove", row: one.row }]);
  }
}

const onlyTexts = (cells) => Object.fromEntries(Object.entries(cells).filter(([, value]) => typeof value === "string"));

function showOpen() {
  const box = $("side-open");
  box.hidden = !open.length;
  box.querySelector("ul").replaceChildren(...open.map(openItem));
  if (open.length) box.scrollIntoView({ block: "nearest" });
}

function openItem(one) {
  const where = el("strong", {}, [one.name, labelOf(one.field)].filter(Boolean).join(" · ") || "一行");
  const who = `${one.by || "别人"}${one.at ? ` ${when(one.at)}` : ""}`;
  const told = {
    cell: [`您填的“${one.mine ?? ""}”没有保存：${who}已改为“${one.theirs ?? ""}”。`, "保留我的", "用对方的"],
    gone: [`${who}删除了这一行，您填的“${one.mine ?? ""}”没有保存。`, "恢复这一行", "不恢复"],
    remove: [`您删除的这一行，${who}刚改过，没有删除。`, "仍然删除", "保留"],
    refused: [`“${one.mine ?? ""}”没有保存：${one.message}`, "再存一次", "放弃"],
  }[one.kind];
  const act = (label, mine, look) => el("button", { type: "button", className: `btn btn-sm ${look}`, onclick: () => settle(one, mine) }, label);
  const copy = el("button", { type: "button", className: "btn btn-sm", onclick: () => copyText(one.mine ?? "") }, "复制我的");
  return el("li", {}, where, el("div", { className: "pre" }, told[0]), el("div", { className: "btn-list mt-1" }, act(told[1], true, "btn-primary"), act(told[2], false, ""), one.mine ? copy : null));
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
const nameOf = (key) => {
  const row = rows.get(key);
  if (!row || row.part === "head") return "";
  return text(key, "name") || text(key, "item") || `第${(order.get(row.part) || []).indexOf(key) + 1}行`;
};
const labels = new Map([...data.head, ...data.parts.flatMap((part) => part.columns)].map((column) => [column.field, column.label]));
const labelOf = (field) => labels.get(field) || field || "";

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

let sayClock = 0;
function say(message) {
  const box = $("grid-say");
  box.textContent = message;
  box.classList.add("is-on");
  clearTimeout(sayClock);
  sayClock = setTimeout(() => box.classList.remove("is-on"), 4000);
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

// --- what the server says ---------------------------------------------------------------------------------------------------

let liveClock = 0;
let liveBusy = false;
let liveAgain = false;

let liveTook = 0; // ms: a large sheet is asked about less often

function askLive(wait = Math.max(120, Math.min(liveTook / 2, 3000))) {
  clearTimeout(liveClock);
  liveClock = setTimeout(() => fetchLive(), wait);
}

async function fetchLive(poll = false) {
  if (liveBusy) {
    liveAgain ||= !poll;
    return;
  }
  liveBusy = true;
  const began = performance.now();
  const base = outbox.base;
  const seen = poll ? `&seen=${encodeURIComponent(live.now.seen)}` : "";
  let told = null;
  try {
    const answer = await fetch(`${data.urls.live}?revision=${base}${seen}`, { redirect: "manual", credentials: "same-origin" });
    if (answer.status === 200) told = await answer.json();
  } catch {
    told = null; // no connection: the outbox says so when something waits
  }
  liveBusy = false;
  if (!poll) liveTook = performance.now() - began;
  if (told?.user === data.user) hearLive(told, base);
  if (liveAgain) {
    liveAgain = false;
    askLive();
  }
}

function hearLive(told, base) {
  outbox.token = told.token;
  if (base === outbox.base && !outbox.sending) {
    takeOthers(told.others);
    outbox.base = Math.max(outbox.base, told.revision);
    if (!outbox.queue.length) takeOrder(told.order);
  } else if (!outbox.sending) {
    liveAgain = true; // something was saved meanwhile: this answer may be older than the page
  }
  const was = live.now;
  live.now = told;
  if (told.state !== was.state) changedState(told);
  showLive();
}

function changedState(told) {
  if (told.open && outbox.queue.length) outbox.reopen();
  if (told.open !== data.live.open) {
    const note = $("state-note");
    note.hidden = false;
    note.replaceChildren(`这张表现在是“${told.stateName}”，`, el("a", { href: location.pathname }, "请刷新页面"), "。");
    if (!told.open) {
      data.editable = false;
      parts.forEach((_, part) => draw(part));
      drawHead();
    }
  }
}

function showLive() {
  const now = live.now;
  const expected = $("submit-form")?.elements.expected;
  if (expected) expected.value = outbox.base;
  showFacts(now);
  fill("lacking", now.lacking.map((one) => el("li", {}, one)));
  $("side-lacking").hidden = !now.lacking.length || !data.live.open;
  fill("remarks", now.remarks.map((one) => jump(one, el("span", {}, one.text, " ", el("span", { className: "text-secondary" }, `${one.by} ${one.at.slice(0, 16).replace("T", " ")}`)))));
  $("side-remarks").hidden = !now.remarks.length;
  fill("findings", now.findings.map(findingItem), "没有发现问题。");
  parts.forEach((_, part) => decorate(part));
  decorateHead();
  showSums();
  if (side.row) showSide();
  grids.forEach((grid) => grid.place());
}

function fill(id, items, empty = "") {
  $(id).replaceChildren(...(items.length ? items : empty ? [el("li", { className: "text-secondary" }, empty)] : []));
}

const COLOURS = { E: "bg-red-lt", W: "bg-orange-lt", I: "bg-azure-lt" };
const LEVELS = { E: "错误", W: "警告", I: "提示" };
const badge = (finding) => el("span", { className: `badge ${COLOURS[finding.level]}`, title: LEVELS[finding.level] }, finding.code);

function findingItem(finding) {
  const body = el("span", {}, badge(finding), " ", finding.row ? el("strong", {}, `${nameOf(finding.row)}　`) : "", finding.message);
  return jump(finding, body);
}

// An item of a list that leads to its cell.
function jump(one, body) {
  const target = one.row ? { row: one.row, field: one.field } : placeOf(one.field);
  if (!target || !rows.has(target.row)) return el("li", {}, body);
  return el("li", {}, el("button", { type: "button", className: "sheet-jump", onclick: () => focusCell(target.row, target.field) }, body));
}

function placeOf(field) {
  const head = (order.get("head") || [])[0];
  if (!field) return null;
  if (labelsOfHead.has(field)) return { row: head, field };
  const part = { weight: "indicators", goals: "goals", goal: "head", funding_sources: "funding_sources", cost_breakdown: "cost", procurement: "procurement", schedule: "schedule", funds: "funds" }[field];
  if (part === "head") return { row: head, field: data.head.find((one) => one.field.startsWith("goal."))?.field };
  const first = part && (order.get(part) || [])[0];
  return first ? { row: first, field: parts.get(part)?.columns[0].field } : null;
}
const labelsOfHead = new Set(data.head.map((column) => column.field));

function focusCell(row, field) {
  const part = rows.get(row)?.part;
  if (!part) return;
  const known = part === "head" || parts.get(part).columns.some((column) => column.field === field);
  grids.get(part)?.go(row, known ? field : undefined);
}

function fact(name, ...value) {
  return el("span", {}, el("span", { className: "text-secondary" }, `${name} `), ...value);
}

function showFacts(now) {
  const { weighing } = now;
  const near = weighing.missing[0];
  const right = weighing.missing.some((one) => Number(one.points) === 0);
  const gap = right || !near ? "" : `/${near.of} ${near.points.startsWith("-") ? `多 ${near.points.slice(1)}` : `差 ${near.points}`}`;
  const told = weighing.execution ? `指标 ${weighing.rows} + 预算执行率 ${weighing.execution}` : `指标 ${weighing.rows}`;
  const items = [fact("分值", el("strong", { title: told, className: right ? "sheet-good" : "sheet-bad", id: "weight-sum" }, `${weighing.sum}${gap}`))];
  if (data.stage === "self_evaluation") {
    items.push(fact("预算执行得分", el("strong", { title: now.execution.derivation || now.execution.reason }, now.execution.score ?? "—")));
    const still = now.unscored ? el("span", { className: "text-secondary" }, `（还有 ${now.unscored} 项没有得分）`) : now.grade || "";
    items.push(fact(now.unscored ? "已得" : "总分", el("strong", { id: "total" }, now.total ?? "—"), " ", still));
  }
  items.push(fact("错误", el("strong", { className: now.errors ? "sheet-bad" : "" }, now.errors)), fact("警告", el("strong", {}, now.warnings)));
  $("facts").replaceChildren(...items);
}

// --- tables -----------------------------------------------------------------------------------------------------------------

const grids = new Map();
const tds = new Map(); // row + field → td
const at = (row, field) => `${row} ${field}`;
const tables = $("tables");

function host(part) {
  return {
    editable: (row, field) => data.editable && !(part === "head" && field === ""),
    text,
    label: (row, field) => [nameOf(row), labelOf(field)].filter(Boolean).join(" · "),
    begin: (row, field) => field === "rule" && moved(row, field),
    typing: (row, field, now, from) => {
      outbox.typing(now === from ? null : typed(row, field, from, now));
      typing(row, field, now);
    },
    draft: (row, field, from, to) => perform([{ do: "set", row, field, from, to }], { undo: false }),
    commit: (row, field, from, to, first) => {
      outbox.typing(null);
      const blank = !rows.has(row);
      if (fresh.delete(row) && !to) return void perform([{ do: "remove", row }]);
      if (from !== to) perform([{ do: "set", row, field, from, to }], { undo: blank });
      if (first !== to && !blank) {
        done.push([{ do: "set", row, field, from: to, to: first }]);
        undone.length = 0;
      }
      typing(row, field, null);
    },
    set: (cells) => perform(cells.map((one) => ({ do: "set", row: one.row, field: one.field, from: text(one.row, one.field), to: one.text }))),
    paste: (grid, top, left, block) => paste(part, grid, top, left, block),
    command: (name, row) => command(part, name, row),
    moved: (row, field) => moved(row, field),
    suggest: (row, field, now) => suggest(part, row, field, now),
    take: (row, field, from, item, first) => take(row, field, from, item, first),
  };
}

function drawHead() {
  const key = (order.get("head") || [])[0];
  const table = tables.querySelector("#head table");
  const body = table.tBodies[0];
  body.replaceChildren();
  let tr = null;
  const cell = (column, span) => {
    const td = makeCell(key, column);
    td.colSpan = span;
    return [el("th", { scope: "row" }, column.label), td];
  };
  for (const column of data.head) {
    if (column.kind === "wide") {
      if (tr) tr.lastChild.colSpan = 3;
      body.append(el("tr", {}, ...cell(column, 3)));
      tr = null;
    } else if (tr) {
      tr.append(...cell(column, 1));
      tr = null;
    } else {
      tr = el("tr", {}, ...cell(column, 1));
      body.append(tr);
    }
  }
  if (tr) tr.lastChild.colSpan = 3;
  grids.get("head")?.read();
}

function makeCell(key, column) {
  const td = el("td", { className: `cell k-${column.kind}`, "data-row": key, "data-field": column.field });
  tds.set(at(key, column.field), td);
  paint(td, key, column.field);
  return td;
}

function paint(td, key, field) {
  td.replaceChildren(el("span", { className: "t" }, text(key, field)));
}

function drawCell(key, field, flash = false) {
  const td = tds.get(at(key, field));
  if (!td?.isConnected) return;
  const part = rows.get(key)?.part;
  paint(td, key, field);
  if (part === "head") decorateHead();
  else decorate(part);
  if (flash) {
    td.classList.add("flash");
    setTimeout(() => td.classList.remove("flash"), 2500);
  }
  grids.get(part)?.place();
}

// The rows of a part in the order of the page: of the cost tree each before those below it.
function shown(part) {
  const keys = order.get(part) || [];
  if (part !== "cost") return keys.map((key) => [key, 0]);
  const out = [];
  const below = (parent, depth) => {
    for (const key of keys) {
      const own = rows.get(key).parent;
      if ((rows.has(own) ? own : "") !== parent) continue;
      out.push([key, depth]);
      below(key, depth + 1);
    }
  };
  below("", 0);
  return out;
}

function draw(part, keep = null) {
  const told = parts.get(part);
  const grid = grids.get(part);
  if (!told || !grid) return;
  const body = grid.table.tBodies[0];
  const evidence = part === "indicators" && data.stage === "self_evaluation";
  const lines = shown(part).map(([key, depth], index) => [key, depth, index + 1]);
  if (data.editable) {
    if (!blanks.has(part)) blanks.set(part, key12());
    lines.push([blanks.get(part), 0, ""]);
  }
  body.replaceChildren(
    ...lines.map(([key, depth, index]) => {
      const tr = el("tr", { "data-key": key, className: index ? "" : "blank d-print-none" }, el("th", { scope: "row", className: "nr" }, index || el("i", { className: "ti ti-plus", "aria-hidden": "true" }), index ? "" : el("span", { className: "visually-hidden" }, "新的一行")));
      for (const column of told.columns) {
        const td = makeCell(key, column);
        if (depth && (column.field === "name" || column.field === "item")) td.classList.add(`depth-${Math.min(depth, 6)}`);
        tr.append(td);
      }
      if (evidence) tr.append(el("td", { className: "evidence" }));
      return tr;
    }),
  );
  if (!body.rows.length) body.append(el("tr", {}, el("td", { colSpan: told.columns.length + 2, className: "text-secondary" }, "没有。")));
  grid.read(keep?.row, keep?.field);
  $(part).classList.toggle("is-empty", !(order.get(part) || []).length);
  decorate(part);
}

function build() {
  tables.querySelectorAll(".card-header a").forEach((one) => one.remove());
  const headTable = tables.querySelector("#head table");
  headTable.setAttribute("aria-label", "基本情况");
  grids.set("head", new Grid(headTable, host("head")));
  drawHead();
  for (const part of data.parts) {
    const section = $(part.part);
    const table = section.querySelector("table");
    table.setAttribute("aria-label", part.title);
    table.classList.add(`is-${part.part}`);
    drawHeads(part, table);
    if (part.part === "indicators" || part.part === "funding_sources" || part.part === "procurement") table.append(el("tfoot", {}));
    grids.set(part.part, new Grid(table, host(part.part)));
    if (data.editable) section.querySelector(".card-header").append(buttons(part));
    draw(part.part);
  }
}

function drawHeads(part, table) {
  const heads = part.columns.map((column) => el("th", { scope: "col", className: `k-${column.kind}` }, column.label));
  const evidence = part.part === "indicators" && data.stage === "self_evaluation";
  table.tHead.replaceChildren(el("tr", {}, el("th", { scope: "col", className: "nr" }, "序号"), ...heads, evidence ? el("th", { scope: "col", className: "evidence" }, "佐证") : ""));
}

// A year of history that no row of the table had until now gets its column.
function showYear(field) {
  const part = parts.get("indicators");
  if (!field.startsWith("history:") || part.columns.some((column) => column.field === field)) return;
  part.columns.push({ field, label: `${field.slice(8)}年`, kind: "text" });
  labels.set(field, `${field.slice(8)}年`);
  drawHeads(part, grids.get("indicators").table);
  draw("indicators");
}

function buttons(part) {
  const act = (icon, label, keys, name) =>
    el("button", { type: "button", className: "btn btn-sm btn-icon", title: keys ? `${label}（${keys}）` : label, "aria-label": label, onclick: () => command(part.part, name, grids.get(part.part).row) }, el("i", { className: `ti ti-${icon}`, "aria-hidden": "true" }));
  const tree = part.part === "cost" ? [act("indent-increase", "降一级", "Alt+→", "indent"), act("indent-decrease", "升一级", "Alt+←", "outdent")] : [];
  return el("div", { className: "ms-auto btn-list d-print-none sheet-buttons" }, act("arrow-back-up", "撤销", "Ctrl+Z", "undo"), act("arrow-forward-up", "重做", "Ctrl+Y", "redo"), ...tree, act("arrow-up", "上移", "Alt+↑", "up"), act("arrow-down", "下移", "Alt+↓", "down"), act("trash", "删除所在行", "Ctrl+Delete", "remove"), el("button", { type: "button", className: "btn btn-sm", title: "Ctrl+Enter", onclick: () => command(part.part, "add", grids.get(part.part).row) }, `加一行${part.rowName}`));
}

// What the server says of each cell, hung on it.
function decorate(part) {
  const now = live.now;
  const findings = new Map();
  for (const one of now.findings) if (one.row) findings.set(at(one.row, one.field), [...(findings.get(at(one.row, one.field)) || []), one]);
  const remarks = new Map(now.remarks.filter((one) => one.row).map((one) => [at(one.row, one.field), one]));
  const owed = new Set(now.owed);
  const columns = parts.get(part)?.columns || [];
  let above = null;
  for (const [key] of shown(part)) {
    const told = now.rows[key];
    for (const column of columns) {
      const td = tds.get(at(key, column.field));
      if (!td) continue;
      const own = findings.get(at(key, column.field)) || [];
      td.classList.toggle("bad", own.some((one) => one.level === "E"));
      td.classList.toggle("warn", own.some((one) => one.level === "W") && !own.some((one) => one.level === "E"));
      td.classList.toggle("remarked", remarks.has(at(key, column.field)));
      td.classList.toggle("owed", column.field === "deviation" && owed.has(key));
      const unsure = rows.get(key).unsure?.includes(column.field);
      td.classList.toggle("unsure", Boolean(unsure));
      td.title = [...own.map((one) => `${one.code} ${one.message}`), unsure ? "从文件读来，识别不确定，请对照原件核对；改过即不再提示" : "", remarks.has(at(key, column.field)) ? `审核意见：${remarks.get(at(key, column.field)).text}` : ""].filter(Boolean).join("\n");
      if (column.kind === "class") td.classList.toggle("same", same(above, key, column.field, columns));
      more(td, key, column, told);
    }
    const tr = tds.get(at(key, columns[0]?.field))?.parentElement;
    const files = tr?.querySelector("td.evidence");
    if (files) files.textContent = told?.evidence || "";
    above = key;
  }
}

// A class is shown once for the rows it covers; a lower class only while the higher one is the same.
function same(above, key, field, columns) {
  if (!above || !text(key, field)) return false;
  for (const column of columns) {
    if (column.kind === "class" && text(above, column.field) !== text(key, column.field)) return false;
    if (column.field === field) return true;
  }
  return false;
}

// Small additions to a cell: the typed target, the computed score, what a rule is.
function more(td, key, column, told) {
  td.querySelector(".m")?.remove();
  const blank = !text(key, column.field);
  let note = null;
  if (column.field === "target" && told?.target && !blank) note = targetBadge(told, key);
  else if (blank && live.now.computed[key]?.[column.field]) note = el("span", { className: "m computed", title: live.now.computed[key][column.field].derivation }, live.now.computed[key][column.field].text);
  else if (column.field === "rule" && told?.status && !blank && told.status !== "executable") note = el("span", { className: `m badge ${told.status === "defective" ? "bg-red-lt" : "bg-orange-lt"}` }, STATUS[told.status]);
  if (note) td.append(note);
}

const STATUS = { executable: "可以直接计算", needs_judgement: "需要人工评定", ambiguous: "有两种读法", defective: "有缺陷" };

function targetBadge(told, key) {
  const { target } = told;
  const lacks = live.now.findings.filter((one) => one.row === key && one.field === "target" && (one.code === "D02" || one.code === "D03"));
  if (lacks.length) return el("span", { className: "m badge bg-orange-lt", title: lacks.map((one) => one.message).join("\n") }, lacks.map((one) => (one.code === "D02" ? "缺方向" : "缺单位")).join(" "));
  const kind = { qualitative: "定性", date: "时间", compound: "多项", range: "区间" }[target.comparator];
  const said = kind || told.target_text;
  return said && said !== text(key, "target").trim() ? el("span", { className: "m badge bg-blue-lt", title: told.target_text }, said) : null;
}

function decorateHead() {
  const key = (order.get("head") || [])[0];
  const by = new Map(live.now.findings.filter((one) => !one.row).map((one) => [one.field, one]));
  for (const column of data.head) {
    const td = tds.get(at(key, column.field));
    if (!td) continue;
    const own = by.get(column.field);
    td.classList.toggle("bad", own?.level === "E");
    td.classList.toggle("warn", own?.level === "W");
    td.title = own ? `${own.code} ${own.message}` : "";
    td.querySelector(".m")?.remove();
    const computed = live.now.computed[key]?.[column.field];
    if (computed && !text(key, column.field)) td.append(el("span", { className: "m computed", title: computed.derivation }, computed.text));
  }
}

// Sums beside the amounts they stand for, and at the foot of the lists.
function showSums() {
  document.querySelectorAll("#tables .sum").forEach((one) => one.remove());
  const note = (one) => el("span", { className: `sum ${one.difference ? "sheet-bad" : "sheet-good"}` }, one.difference ? `下级合计 ${one.total}，差 ${one.difference}` : "✓ 与下级合计相符");
  for (const one of live.now.sums) {
    if (one.row) {
      const td = tds.get(at(one.row, one.field));
      if (!td) continue;
      const blank = !text(one.row, one.field);
      td.append(blank ? el("span", { className: "sum text-secondary" }, `下级合计 ${one.total}`) : note(one));
    } else {
      const foot = grids.get(one.part)?.table.tFoot;
      if (!foot) continue;
      foot.replaceChildren(footRow(one.part, one.field, one.total, one.difference && `（与年度预算相差 ${one.difference}）`));
    }
  }
  const foot = grids.get("indicators")?.table.tFoot;
  if (foot) foot.replaceChildren(footRow("indicators", "weight", live.now.weighing.rows));
}

function footRow(part, field, told, gap = "") {
  const columns = parts.get(part).columns;
  const place = columns.findIndex((column) => column.field === field);
  const label = el("th", { scope: "row", colSpan: Math.max(place, 0) + 1 }, "合计");
  const rest = columns.length - place - 1 + (part === "indicators" && data.stage === "self_evaluation" ? 1 : 0);
  const score = part === "indicators" && data.stage === "self_evaluation" ? live.now.total : "";
  return el("tr", {}, label, el("td", { className: "num" }, told, gap ? el("span", { className: "sheet-bad d-print-none" }, gap) : ""), ...(rest > 0 ? [el("td", { colSpan: rest, className: "text-secondary" }, score ? `${live.now.unscored ? "已得" : "总分"}（含预算执行）${score} ${live.now.grade}` : "")] : []));
}

// --- rows ---------------------------------------------------------------------------------------------------------------------

function command(part, name, row) {
  const grid = grids.get(part);
  if (name === "undo") return turnBack(done, undone);
  if (name === "redo") return turnBack(undone, done);
  if (part === "head" || !data.editable) return undefined;
  grid.finish();
  if (name === "add") return addRow(part, typeof row === "string" ? row : "");
  if (name === "remove") return removeRows(part, [].concat(row || []));
  if (!row || !rows.has(row)) return undefined;
  if (name === "indent" || name === "outdent") return part === "cost" ? indent(row, name === "indent") : undefined;
  return moveRow(part, row, name === "up" ? -1 : 1);
}

function addRow(part, after) {
  const row = key12();
  const above = rows.get(after);
  perform([{ do: "add", row, part, parent: above?.parent || "", after: above ? after : "", cells: classesOf(part, after) }]);
  const first = parts.get(part).columns.find((column) => column.kind !== "class") || parts.get(part).columns[0];
  grids.get(part).go(row, first.field);
}

function removeRows(part, keys) {
  const there = keys.filter((key) => rows.get(key)?.part === part);
  if (!there.length) return;
  const all = order.get(part);
  const next = all[all.indexOf(there.at(-1)) + 1] || all[all.indexOf(there[0]) - 1];
  const field = grids.get(part).cell()?.dataset.field;
  there.forEach((key) => snapshots.set(key, { ...rows.get(key) }));
  perform(there.map((key) => ({ do: "remove", row: key })));
  say(`已删除 ${there.length} 行，按 Ctrl+Z 撤销。`);
  if (next && rows.has(next)) grids.get(part).go(next, field);
  else grids.get(part).field.focus();
}

function moveRow(part, row, by) {
  const peers = (order.get(part) || []).filter((key) => rows.get(key).parent === rows.get(row).parent);
  const place = peers.indexOf(row) + by;
  if (place < 0 || place >= peers.length) return;
  const after = by > 0 ? peers[place] : peers[place - 1] || "^";
  const field = grids.get(part).cell()?.dataset.field;
  perform([{ do: "move", row, after }], { keep: { row, field } });
  grids.get(part).go(row, field);
}

function indent(row, deeper) {
  const own = rows.get(row);
  const peers = order.get("cost").filter((key) => rows.get(key).parent === own.parent);
  const above = deeper ? peers[peers.indexOf(row) - 1] : own.parent;
  if (!above || !rows.has(above)) return;
  const parent = deeper ? above : rows.get(above).parent;
  const last = deeper ? order.get("cost").filter((key) => rows.get(key).parent === above).at(-1) || above : above;
  const field = grids.get("cost").cell()?.dataset.field;
  perform([{ do: "move", row, after: last, parent }], { keep: { row, field } });
  grids.get("cost").go(row, field);
}

function paste(part, grid, top, left, block) {
  if (!data.editable) return;
  if (part === "head") {
    const changes = [];
    block.forEach((line, r) =>
      line.forEach((to, c) => {
        const td = grid.rows[top + r]?.[left + c];
        if (td) changes.push({ do: "set", row: td.dataset.row, field: td.dataset.field, from: text(td.dataset.row, td.dataset.field), to });
      }),
    );
    return perform(changes);
  }
  const columns = parts.get(part).columns;
  const kept = block.filter((line, index) => index || line.some(Boolean));
  fillClasses(kept, columns.slice(left));
  const keys = shown(part).map(([key]) => key);
  const changes = [];
  let after = keys.at(-1) || "";
  kept.forEach((line, r) => {
    const fields = columns.slice(left, left + line.length);
    const key = keys[top + r];
    if (key) {
      fields.forEach((column, c) => changes.push({ do: "set", row: key, field: column.field, from: text(key, column.field), to: line[c] }));
    } else if (line.some(Boolean)) {
      const row = key12();
      changes.push({ do: "add", row, part, parent: "", after, cells: Object.fromEntries(fields.map((column, c) => [column.field, line[c]])) });
      after = row;
    }
  });
  const place = grid.cell() ? { ...grid.cell().dataset } : null;
  perform(changes);
  const landed = keys[top] || changes.find((one) => one.do === "add")?.row;
  if (landed) grid.go(landed, place?.field || columns[left].field);
  grid.at = grid.clamp({ r: top + kept.length - 1, c: left + Math.max(...kept.map((line) => line.length)) - 1 });
  grid.mark();
  const added = changes.filter((one) => one.do === "add").length;
  say(`已粘贴 ${kept.length} 行${added ? `，其中新增 ${added} 行` : ""}。`);
  return undefined;
}

// Merged cells of a spreadsheet come with the text in their first row and blanks below: of classes the blank means the same.
function fillClasses(block, columns) {
  columns.forEach((column, c) => {
    if (column.kind !== "class") return;
    for (let r = 1; r < block.length; r++) {
      const upper = columns.slice(0, c).every((other, n) => other.kind !== "class" || block[r][n] === block[r - 1][n]);
      if (block[r][c] === "" && upper && block[r].some(Boolean)) block[r][c] = block[r - 1][c] ?? "";
    }
  });
}

// --- suggestions ----------------------------------------------------------------------------------------------------------------

// Classes are those of the library and of this table; of the second level those that stand under the first.
function classes(row, field) {
  const used = (order.get("indicators") || []).map((key) => [text(key, "level1"), text(key, "level2")]);
  const pairs = [...data.classes, ...used];
  if (field === "level1") return [...new Set(pairs.map(([one]) => one))].filter(Boolean);
  const upper = text(row, "level1");
  return [...new Set(pairs.filter(([one]) => !upper || one === upper).map(([, two]) => two))].filter(Boolean);
}

async function suggest(part, row, field, now) {
  if (part === "head" && field === "money_unit") return data.moneyUnits.filter((one) => one !== now).map((name) => ({ name, cells: {} }));
  if (part !== "indicators") return [];
  const typed = now.trim();
  if (field === "level1" || field === "level2") {
    return classes(row, field).filter((one) => one.includes(typed) && one !== typed).slice(0, 8).map((name) => ({ name, cells: {} }));
  }
  if (field !== "name" || !typed) return [];
  const answer = await fetch(`${data.urls.suggest}?q=${encodeURIComponent(typed)}`, { redirect: "manual", credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return [];
  return (await answer.json()).items;
}

// Take a suggestion: its name, and its other cells where the row's are blank. One step of undo.
function take(row, field, from, item, first) {
  outbox.typing(null);
  const changes = [{ do: "set", row, field, from, to: item.name, library: item.library }];
  for (const [name, to] of Object.entries(item.cells || {})) {
    if (!text(row, name) && (labels.has(name) || name.startsWith("history:"))) changes.push({ do: "set", row, field: name, from: "", to });
  }
  const blank = !rows.has(row);
  Object.keys(item.cells || {}).forEach(showYear);
  perform(changes, { undo: blank });
  if (blank) return;
  done.push(changes.map((one) => ({ do: "set", row, field: one.field, from: one.to, to: one.field === field ? first : "" })));
  undone.length = 0;
}

// --- the row beside the table -------------------------------------------------------------------------------------------------------

const side = { row: "", field: "", draft: null, clock: 0, asked: "", need: "" };

function moved(row, field) {
  const other = side.row !== row || !rows.has(row);
  side.row = row;
  side.field = field;
  if (other) side.draft = null;
  showSide(other);
}

function typing(row, field, now) {
  if (row !== side.row) return;
  side.draft = now === null ? null : { field, text: now };
  explainSoon();
}

const cellNow = (field) => (side.draft?.field === field ? side.draft.text : text(side.row, field));

function showSide(other = true) {
  const row = rows.get(side.row);
  const box = $("side-row");
  const indicator = row?.part === "indicators";
  // What is wrong with the rule is said by its explanation, which knows what is being typed.
  const told = live.now.findings.filter((one) => !one.code.startsWith("R"));
  const own = told.filter((one) => one.row === side.row || (row?.part === "head" && !one.row && one.field === side.field));
  const remarks = live.now.remarks.filter((one) => one.row === side.row);
  box.hidden = !indicator && !own.length && !remarks.length;
  $("side-title").textContent = indicator ? nameOf(side.row) : labelOf(side.field);
  $("side-findings").replaceChildren(
    ...remarks.map((one) => el("li", {}, el("span", { className: "badge bg-purple-lt" }, "意见"), ` ${labelOf(one.field)} ${one.text}（${one.by}）`)),
    ...own.map((one) => el("li", {}, badge(one), " ", one.message, one.derivation && one.derivation !== one.message ? el("div", { className: "text-secondary" }, one.derivation) : "", one.advice ? el("div", { className: "text-secondary" }, one.advice) : "")),
  );
  $("side-rule").hidden = !indicator;
  if (!indicator) return;
  if (other) $("side-meaning").replaceChildren();
  explainSoon(other ? 60 : 250);
  if (other) showEvidence();
}

function showEvidence() {
  const box = $("side-evidence");
  box.hidden = !data.urls.evidence || data.stage !== "self_evaluation";
  if (box.hidden) return;
  const url = `${data.urls.evidence}?row=${encodeURIComponent(side.row)}&field=actual`;
  if (box.dataset.url === url) return;
  box.dataset.url = url;
  clearTimeout(side.evidence);
  side.evidence = setTimeout(() => window.htmx?.ajax("GET", url, { target: box, swap: "innerHTML" }), 250);
}

function explainSoon(wait = 250) {
  clearTimeout(side.clock);
  side.clock = setTimeout(explain, wait);
}

async function explain() {
  if (rows.get(side.row)?.part !== "indicators") return;
  const asked = { year: text((order.get("head") || [])[0], "year"), scheme: live.now.scheme.name, need: side.need };
  for (const name of ["rule", "name", "target", "weight", "level1", "level2", "sign", "measure_unit", "actual"]) asked[name] = cellNow(name);
  const body = JSON.stringify(asked);
  if (body === side.asked && $("side-meaning").childElementCount) return;
  side.asked = body;
  const answer = await fetch(data.urls.explain, outbox.request(body)).catch(() => null);
  if (side.asked !== body) return;
  if (!answer || answer.type === "opaqueredirect") {
    side.asked = "";
    $("side-meaning").replaceChildren(el("p", { className: "text-secondary" }, "没有连接，暂时不能解释。"));
    return;
  }
  const told = await answer.json().catch(() => null);
  if (told) showRule(told, asked);
}

function showRule(told, asked) {
  const box = $("side-meaning");
  if (told.message) return void box.replaceChildren(el("p", { className: "text-secondary" }, told.message));
  const own = Boolean(asked.rule.trim());
  const origin = own ? "" : told.reading ? "没有写评分标准，按计分方案通用办法：" : "没有写评分标准。";
  const look = { executable: "bg-green-lt", needs_judgement: "bg-orange-lt", ambiguous: "bg-orange-lt", defective: "bg-red-lt" }[told.status];
  const items = [];
  if (own || told.status === "executable") items.push(el("p", {}, el("span", { className: `badge ${look}` }, STATUS[told.status] || ""), " ", el("span", { className: "text-secondary" }, origin), el("span", { id: "read-back" }, told.reading)));
  else items.push(el("p", { className: "text-secondary" }, origin, told.reading));
  for (const note of told.findings) items.push(el("p", { className: "sheet-note" }, badge(note), " ", note.message));
  if (told.svg) items.push(el("img", { className: "sheet-curve", alt: `得分曲线：${(/<desc>([^<]*)/.exec(told.svg) || [])[1] || ""}`, src: `data:image/svg+xml,${encodeURIComponent(told.svg)}` }));
  if (asked.actual.trim()) items.push(el("p", {}, el("span", { className: "text-secondary" }, "实际完成值 "), asked.actual, el("span", { className: "text-secondary" }, "　得分 "), el("strong", {}, told.score ?? "—"), el("div", { className: "text-secondary" }, told.derivation || told.reason)));
  for (const line of told.needed) items.push(el("p", { className: "sheet-need" }, line));
  if (told.canonical.length) items.push(el("details", {}, el("summary", {}, "规则文本"), el("pre", { className: "sheet-canonical" }, told.canonical.join("\n\n"))));
  box.replaceChildren(...items);
}

function buildSide() {
  const aside = $("side");
  const need = el("input", { type: "text", inputMode: "decimal", className: "form-control form-control-sm sheet-need-field", id: "need", maxLength: 8 });
  need.addEventListener("input", () => {
    side.need = need.value.trim();
    explainSoon();
  });
  aside.prepend(
    el("section", { className: "card sheet-card sheet-open", id: "side-open", hidden: true, role: "alert" }, el("div", { className: "card-header" }, el("h2", { className: "card-title" }, "须由您决定")), el("ul", { className: "sheet-list" })),
    el("section", { className: "card sheet-card", id: "side-row", hidden: true }, el("div", { className: "card-header" }, el("h2", { className: "card-title", id: "side-title" })), el("ul", { className: "sheet-list", id: "side-findings" }), el("div", { className: "card-body", id: "side-rule" }, el("h3", { className: "sheet-small" }, "这条规则的意思"), el("div", { id: "side-meaning" }), el("label", { className: "sheet-need-line", for: "need" }, "想得几分，要做到多少？ ", need, " 分")), el("div", { id: "side-evidence", className: "card-body", hidden: true })),
  );
  const keys = [["方向键", "移动；Shift 选一片"], ["直接打字", "替换；F2 或双击接着改"], ["Enter / Tab", "存下，到下面 / 右面一格"], ["Esc", "放弃这一格的修改；再按 Tab 离开表格"], ["Ctrl+C / V / X", "与 Excel 互相复制粘贴"], ["Ctrl+Z / Y", "撤销 / 重做"], ["Ctrl+Enter", "在下面加一行"], ["Ctrl+Delete", "删除所在行"], ["Alt+↑ / ↓", "上移 / 下移；支出构成 Alt+← / → 升降级"], ["Ctrl+D", "向下填充"], ["Alt+Enter", "格内换行"]];
  if (data.editable) aside.append(el("details", { className: "card sheet-card sheet-help" }, el("summary", { className: "card-header" }, "键盘怎么用"), el("dl", {}, ...keys.flatMap(([key, what]) => [el("dt", {}, key), el("dd", {}, what)]))));
  document.body.append(el("div", { id: "grid-say", className: "sheet-say", role: "status", "aria-live": "polite" }));
  $("bar").before(el("div", { id: "state-note", className: "alert alert-warning", hidden: true, role: "status" }));
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
      if (!outbox.queue.length && !open.length) return;
      event.preventDefault();
      event.stopPropagation();
      if (open.length) return void say("还有须由您决定的格，请先处理右侧的“须由您决定”。");
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

buildSide();
build();
const left = await outbox.adopt();
if (left.length) {
  left.forEach((change) => apply(change));
  parts.forEach((_, part) => draw(part));
  drawHead();
  outbox.show(outbox.state === "saved" ? "saving" : outbox.state);
  outbox.soon(0);
}
// A file put behind a value is counted in the table.
$("side-evidence").addEventListener("htmx:afterSwap", (event) => event.detail.requestConfig?.verb === "post" && askLive());
showOpen();
showLive();
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
