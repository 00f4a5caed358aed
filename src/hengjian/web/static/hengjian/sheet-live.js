// What the server says of the sheet: asked for after a change, shown in the lists beside the tables.

export default function liveOf(sheet) {
  const { data, grids, live, $, el, rows, order, parts, nameOf, outbox, takeOthers, takeOrder } = sheet;

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
      if (answer.status === 204 && !outbox.queue.length && !outbox.sending) stale(false); // what is shown is what holds
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
    stale(outbox.queue.length > 0 || outbox.sending || told.revision !== outbox.base);
    if (told.state !== was.state) changedState(told);
    showLive();
  }

  // From a change until the answer that knows it, what is said beside the cells is that of before, and looks like it.
  function stale(is) {
    document.documentElement.classList.toggle("sheet-stale", is);
  }

  function changedState(told) {
    if (told.open && outbox.queue.length) outbox.reopen();
    if (told.open !== data.live.open) {
      const note = $("state-note");
      note.hidden = false;
      note.replaceChildren(`这张表现在是“${told.stateName}”，`, el("a", { href: location.pathname }, "请刷新页面"), "。");
      if (!told.open) {
        data.editable = false;
        parts.forEach((_, part) => sheet.draw(part));
        sheet.drawHead();
      }
    }
  }

  function showLive() {
    const now = live.now;
    const expected = $("submit-form")?.elements.expected;
    if (expected) expected.value = outbox.base;
    showFacts(now);
    fill("lacking", now.lacking, (one) => el("li", {}, one));
    $("side-lacking").hidden = !now.lacking.length || !data.live.open;
    fill("remarks", now.remarks, (one) => jump(one, el("span", {}, one.text, " ", el("span", { className: "text-secondary" }, `${one.by} ${one.at.slice(0, 16).replace("T", " ")}`))));
    $("side-remarks").hidden = !now.remarks.length;
    fill("findings", now.findings, findingItem, "没有发现问题。");
    parts.forEach((_, part) => sheet.decorate(part));
    sheet.decorateHead();
    sheet.showSums();
    if (sheet.side.row) sheet.showSide();
    grids.forEach((grid) => document.activeElement === grid.field && grid.place());
  }

  // A list that says what it said before is left alone: a long one takes time to lay out.
  const filled = new Map();

  function fill(id, list, item, empty = "") {
    const told = JSON.stringify(list.map((one) => [one, one.row ? nameOf(one.row) : ""]));
    if (filled.get(id) === told) return;
    filled.set(id, told);
    $(id).replaceChildren(...(list.length ? list.map(item) : empty ? [el("li", { className: "text-secondary" }, empty)] : []));
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
    const items = data.weighed ? [fact("分值", el("strong", { title: told, className: right ? "sheet-good" : "sheet-bad", id: "weight-sum" }, `${weighing.sum}${gap}`))] : [];
    if (data.scored) {
      if (parts.has("funds")) items.push(fact("预算执行得分", el("strong", { title: now.execution.derivation || now.execution.reason }, now.execution.score ?? "—")));
      const { whole } = now;
      const still = now.unscored ? el("span", { className: "text-secondary" }, `（还有 ${now.unscored} 项没有得分）`) : whole?.grade || "";
      // What the scores add up to; where a typed score is not what its rule gives, also what the rules would give.
      const other = whole && now.total !== null && Number(now.total) !== Number(whole.total) ? el("span", { className: "text-secondary", title: "有的得分与评分标准算出的不同，见全表提示" }, `　按评分标准重算 ${now.total}`) : "";
      items.push(fact(whole ? "总分" : "已得", el("strong", { id: "total", title: whole?.derivation || "" }, whole?.total ?? now.total ?? "—"), " ", still, other));
    }
    items.push(fact("错误", el("strong", { className: now.errors ? "sheet-bad" : "" }, now.errors)), fact("警告", el("strong", {}, now.warnings)));
    $("facts").replaceChildren(...items);
  }

  return { askLive, stale, fetchLive, showLive, badge, focusCell };
}
