// The row beside the table: its findings, what its rule means, its files.

export default function sideOf(sheet) {
  const { data, live, $, el, say, rows, order, text, nameOf, labelOf, outbox, badge, STATUS } = sheet;

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
    box.hidden = !data.urls.evidence || !data.proved;
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
    const keys = [["方向键", "移动；Shift 选一片"], ["直接打字", "替换；F2 或双击接着改"], ["Enter / Tab", "存下，到下面 / 右面一格"], ["Esc", "放弃这一格的修改；再按 Tab 离开表格"], ["Ctrl+C / V / X", "与 Excel 互相复制粘贴"], ["Ctrl+Z / Y", "撤销 / 重做"], ["Ctrl+Enter", "在下面加一行（支出构成：同级；Ctrl+Shift+Enter 加下级）"], ["Ctrl+Delete", "删除所在行"], ["Alt+↑ / ↓", "上移 / 下移；支出构成 Alt+← / → 升降级"], ["Ctrl+D", "向下填充"], ["Alt+Enter", "格内换行"]];
    if (data.editable) aside.append(el("details", { className: "card sheet-card sheet-help" }, el("summary", { className: "card-header" }, "键盘怎么用"), el("dl", {}, ...keys.flatMap(([key, what]) => [el("dt", {}, key), el("dd", {}, what)]))));
    document.body.append(el("div", { id: "grid-say", className: "sheet-say", role: "status", "aria-live": "polite" }));
    $("bar").before(el("div", { id: "state-note", className: "alert alert-warning", hidden: true, role: "status" }));
  }

  return { side, moved, typing, showSide, buildSide };
}
