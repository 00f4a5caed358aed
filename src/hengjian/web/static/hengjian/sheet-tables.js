// The parts of the sheet as tables, with what the server says hung on their cells.

export default function tablesOf(sheet) {
  const { data, grids, live, Grid, $, key12, el, rows, order, parts, computed: isComputed, text, nameOf, labels, labelOf, shown, blankLevel, undone, done,
    outbox, blanks, fresh, typed, perform, badge } = sheet;

  const tds = new Map(); // row + field → td
  const at = (row, field) => `${row} ${field}`;
  const tables = $("tables");

  function host(part) {
    return {
      editable: (row, field) => data.editable && !isComputed(row, field),
      text,
      label: (row, field) => [nameOf(row), labelOf(field)].filter(Boolean).join(" · "),
      begin: (row, field) => field === "rule" && sheet.moved(row, field),
      typing: (row, field, now, from) => {
        outbox.typing(now === from ? null : typed(row, field, from, now));
        sheet.typing(row, field, now);
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
        sheet.typing(row, field, null);
      },
      set: (cells) => perform(cells.map((one) => ({ do: "set", row: one.row, field: one.field, from: text(one.row, one.field), to: one.text }))),
      paste: (grid, top, left, block) => sheet.paste(part, grid, top, left, block),
      command: (name, row) => sheet.command(part, name, row),
      moved: (row, field) => sheet.moved(row, field),
      suggest: (row, field, now) => sheet.suggest(part, row, field, now),
      take: (row, field, from, item, first) => sheet.take(row, field, from, item, first),
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
    const keys = order.get(part) || [];
    if (part === "head") decorateHead();
    else decorate(part, new Set([key, keys[keys.indexOf(key) + 1]]));
    if (flash) {
      td.classList.add("flash");
      setTimeout(() => td.classList.remove("flash"), 2500);
    }
    grids.get(part)?.place();
  }

  function draw(part, keep = null) {
    const told = parts.get(part);
    const grid = grids.get(part);
    if (!told || !grid) return;
    summed = "";
    const body = grid.table.tBodies[0];
    const evidence = part === "indicators" && data.proved;
    const lines = shown(part).map(([key, depth], index) => [key, depth, index + 1]);
    if (data.editable) {
      if (!blanks.has(part)) blanks.set(part, key12());
      lines.push([blanks.get(part), part === "cost" ? blankLevel().depth : 0, ""]);
    }
    body.replaceChildren(
      ...lines.map(([key, depth, index]) => {
        const tr = el("tr", { "data-key": key, className: index ? "" : "blank d-print-none" }, el("th", { scope: "row", className: "nr" }, index || el("i", { className: "ti ti-plus", "aria-hidden": "true" }), index ? "" : el("span", { className: "visually-hidden" }, "新的一行")));
        for (const column of told.columns) {
          const td = makeCell(key, column);
          if (depth && (column.field === "name" || column.field === "item")) td.classList.add(`depth-${Math.min(depth, 6)}`);
          if (!index && part === "cost" && column.field === "name" && lines.length > 1) td.append(el("span", { className: "hint" }, blankLevel().told, el("span", { className: "d-none d-md-inline" }, "（Alt+←、Alt+→ 改级次）")));
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
    keepHeads();
  }

  // A table no wider than its box needs no scroll bar of its own: its head then sticks below the bar of the page.
  function keepHeads() {
    const bar = $("bar");
    const measure = () => {
      const low = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
      document.documentElement.style.setProperty("--bar", `${low}px`);
      for (const box of tables.querySelectorAll(".sheet-scroll")) box.classList.toggle("fits", box.firstElementChild.offsetWidth <= box.clientWidth);
    };
    const watch = new ResizeObserver(measure);
    for (const one of [bar, tables, ...tables.querySelectorAll(".sheet-scroll > table")]) watch.observe(one);
    measure();
  }

  function drawHeads(part, table) {
    const heads = part.columns.map((column) => el("th", { scope: "col", className: `k-${column.kind}` }, column.label));
    const evidence = part.part === "indicators" && data.proved;
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
      el("button", { type: "button", className: "btn btn-sm btn-icon", title: keys ? `${label}（${keys}）` : label, "aria-label": label, onclick: () => sheet.command(part.part, name, grids.get(part.part).row) }, el("i", { className: `ti ti-${icon}`, "aria-hidden": "true" }));
    const add = (label, keys, name) => el("button", { type: "button", className: "btn btn-sm", title: keys, onclick: () => sheet.command(part.part, name, grids.get(part.part).row) }, label);
    const adding = part.part === "cost" ? [add("增加同级", "Ctrl+Enter", "add"), add("增加下级", "Ctrl+Shift+Enter", "child")] : [add(`加一行${part.rowName}`, "Ctrl+Enter", "add")];
    const tree = part.part === "cost" ? [act("indent-increase", "降一级", "Alt+→", "indent"), act("indent-decrease", "升一级", "Alt+←", "outdent")] : [];
    return el("div", { className: "ms-auto btn-list d-print-none sheet-buttons" }, act("arrow-back-up", "撤销", "Ctrl+Z", "undo"), act("arrow-forward-up", "重做", "Ctrl+Y", "redo"), ...tree, act("arrow-up", "上移", "Alt+↑", "up"), act("arrow-down", "下移", "Alt+↓", "down"), act("trash", "删除所在行", "Ctrl+Delete", "remove"), ...adding);
  }

  // What the server says of each cell, hung on it.
  function decorate(part, only = null) {
    const now = live.now;
    const findings = new Map();
    for (const one of now.findings) if (one.row) findings.set(at(one.row, one.field), [...(findings.get(at(one.row, one.field)) || []), one]);
    const remarks = new Map(now.remarks.filter((one) => one.row).map((one) => [at(one.row, one.field), one]));
    const owed = new Set(now.owed);
    const columns = parts.get(part)?.columns || [];
    let above = null;
    for (const [key] of shown(part)) {
      const told = now.rows[key];
      const upper = above;
      above = key;
      if (only && !only.has(key)) continue;
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
        const title = [...own.map((one) => `${one.code} ${one.message}`), unsure ? "从文件读来，识别不确定，请对照原件核对；改过即不再提示" : "", remarks.has(at(key, column.field)) ? `审核意见：${remarks.get(at(key, column.field)).text}` : ""].filter(Boolean).join("\n");
        if (td.title !== title) td.title = title;
        if (column.kind === "class") td.classList.toggle("same", same(upper, key, column.field, columns));
        more(td, key, column, told, own);
      }
      const tr = tds.get(at(key, columns[0]?.field))?.parentElement;
      const files = tr?.querySelector("td.evidence");
      const count = String(told?.evidence || "");
      if (files && files.textContent !== count) files.textContent = count;
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

  // Small additions to a cell: the typed target, the computed score, what a rule is. What is there already is left alone, so
  // that the browser need not lay out five hundred rows for one that has changed.
  function more(td, key, column, told, found) {
    const blank = !text(key, column.field);
    let note = null;
    if (column.field === "target" && told?.target && !blank) note = targetBadge(told, key, found);
    else if (blank && live.now.computed[key]?.[column.field]) note = el("span", { className: "m computed", title: live.now.computed[key][column.field].derivation }, live.now.computed[key][column.field].text);
    else if (column.field === "rule" && told?.status && !blank && told.status !== "executable") note = el("span", { className: `m badge ${told.status === "defective" ? "bg-red-lt" : "bg-orange-lt"}` }, STATUS[told.status]);
    const old = td.querySelector(".m");
    if (old?.outerHTML === note?.outerHTML) return;
    old?.remove();
    if (note) td.append(note);
  }

  const STATUS = { executable: "可以直接计算", needs_judgement: "需要人工评定", ambiguous: "有两种读法", defective: "有缺陷" };

  function targetBadge(told, key, found) {
    const { target } = told;
    const lacks = found.filter((one) => one.code === "D02" || one.code === "D03");
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
      if (column.computed) td.append(el("div", { className: "m derived" }, ...derived(key, column.field, computed)));
    }
  }

  // A cell that follows from others: what it comes to and why, beside what the document printed there.
  function derived(key, field, computed) {
    const printed = text(key, field);
    if (!computed) return printed ? [el("span", { className: "text-secondary" }, "原填；还不能计算核对")] : [el("span", { className: "text-secondary" }, "各项得分齐了以后自动算出")];
    const why = el("span", { className: "why" }, computed.derivation);
    if (!printed) return [el("span", { className: "computed" }, computed.text), why];
    if (printed === computed.text || Number(printed) === Number(computed.text)) return [el("span", { className: "sheet-good" }, "原填，与计算相符"), why];
    const take = el("button", { type: "button", className: "btn btn-sm d-print-none", onclick: () => perform([{ do: "set", row: key, field, from: printed, to: "" }], { undo: false }) }, "采用计算值");
    return [el("span", { className: "sheet-bad" }, `原填；计算为 ${computed.text}`), why, data.editable ? take : ""];
  }

  let summed = ""; // what was shown last; nothing after a table was drawn anew

  // Sums beside the amounts they stand for, and at the foot of the lists.
  function showSums() {
    const now = live.now;
    const told = JSON.stringify([now.sums.map((one) => [one, one.row && text(one.row, one.field)]), now.weighing.rows, now.whole, now.total]);
    if (told === summed) return;
    summed = told;
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
    const rest = columns.length - place - 1 + (part === "indicators" && data.proved ? 1 : 0);
    const whole = live.now.whole;
    const score = part === "indicators" && data.scored ? (whole?.total ?? live.now.total) : "";
    return el("tr", {}, label, el("td", { className: "num" }, told, gap ? el("span", { className: "sheet-bad d-print-none" }, gap) : ""), ...(rest > 0 ? [el("td", { colSpan: rest, className: "text-secondary" }, score ? `${whole ? "总分" : "已得"}（含预算执行）${score} ${whole?.grade || ""}` : "")] : []));
  }

  return { drawHead, drawCell, draw, build, showYear, decorate, STATUS, decorateHead, showSums };
}
