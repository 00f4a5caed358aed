// What people do becomes numbered changes on their way to the server; undo and redo; what others changed.

export default function changesOf(sheet) {
  const { data, grids, Outbox, $, number, say, rows, shown, blankParent, order, parts, computed, labelOf, insert, family, cut, text, apply } = sheet;

  const undone = [];
  const done = [];

  const outbox = new Outbox({
    url: data.urls.cells,
    scope: `${data.user}:${data.sheet}`,
    base: data.live.revision,
    token: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
    told: {
      state: () => sheet.showSaving(),
      saved: (answer) => {
        sheet.stale(true);
        takeOthers(answer.others);
        sheet.askLive();
      },
      conflict: (one) => sheet.conflict(one),
      refused: (change, message) => {
        sheet.refused(change, message);
        sheet.askLive();
      },
      renew: () => sheet.renew(),
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
      const last = shown(part).at(-1)?.[0] || "";
      const cells = parts.get(part).columns.some((column) => column.kind === "class" && column.field === one.field) ? {} : classesOf(part, last);
      const add = { id: one.id, do: "add", row: one.row, part, parent: blankParent(part), after: last, cells: { ...cells, [one.field]: one.to } };
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
    const barred = changes.filter((one) => one.do === "set" && one.to && computed(one.row, one.field));
    if (barred.length) say(`“${labelOf(barred[0].field)}”由各项分值和得分算出，不用填写。`);
    const useful = grown(changes.filter((one) => one.do !== "set" || (one.from !== one.to && !barred.includes(one))));
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
    sheet.stale(true);
    redraw(useful, keep);
  }

  function redraw(changes, keep) {
    const whole = new Set(changes.filter((one) => one.do !== "set").map((one) => rows.get(one.row)?.part || one.part));
    if (changes.some((one) => one.do === "remove")) parts.forEach((_, part) => whole.add(part));
    whole.forEach((part) => part && sheet.draw(part, keep));
    for (const one of changes) if (one.do === "set") sheet.drawCell(one.row, one.field);
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
    sheet.stale(true);
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
        sheet.drawCell(one.row, one.field, true);
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
    drawn.forEach((part) => sheet.draw(part));
  }

  // The order of rows is the server's as soon as nothing of ours is on its way.
  function takeOrder(told) {
    for (const [part, keys] of Object.entries(told)) {
      const own = order.get(part) || [];
      const known = keys.filter((key) => rows.has(key));
      if (known.length !== own.length || known.every((key, n) => key === own[n])) continue;
      order.set(part, known);
      sheet.draw(part);
    }
  }

  const snapshots = new Map(); // rows that others removed, as they were

  return { undone, done, outbox, blanks, fresh, typed, classesOf, perform, turnBack, takeOthers, takeOrder, snapshots };
}
