// Conflicts and refusals: what was typed is kept in this browser until the person has decided.

export default function openOf(sheet) {
  const { data, $, el, copyText, when, rows, insert, family, cut, text, nameOf, labelOf, perform, snapshots } = sheet;

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
      sheet.drawCell(one.row, one.field, true);
    } else if (kind === "remove") {
      insert({ ...change, key: one.row, part: snapshots.get(one.row)?.part || "indicators", parent: "", cells: one.theirs || {} }, null);
    } else if (rows.has(one.row)) {
      const { part } = rows.get(one.row);
      family(one.row).forEach(cut);
      sheet.draw(part);
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
      sheet.focusCell(one.row, one.field);
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

  const undecided = () => open.length;

  return { undecided, conflict, refused, showOpen };
}
