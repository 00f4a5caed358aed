// What is done with rows and blocks: adding, moving, removing, pasting, and what is suggested for a cell.

export default function commandsOf(sheet) {
  const { data, grids, $, key12, say, rows, blankParent, blankLevel, shiftLevel, order, parts, text, labels, shown, undone, done, outbox, classesOf, perform,
    turnBack, snapshots, showYear } = sheet;

  function command(part, name, row) {
    const grid = grids.get(part);
    if (name === "undo") return turnBack(done, undone);
    if (name === "redo") return turnBack(undone, done);
    if (part === "head" || !data.editable) return undefined;
    grid.finish();
    if (name === "add" || name === "child") return addRow(part, typeof row === "string" ? row : "", name === "child" && part === "cost");
    if (name === "remove") return removeRows(part, [].concat(row || []));
    const levels = name === "indent" || name === "outdent";
    if (levels && part === "cost" && row && !rows.has(row)) return relevel(row, name === "indent");
    if (!row || !rows.has(row)) return undefined;
    if (levels) return part === "cost" ? indent(row, name === "indent") : undefined;
    return moveRow(part, row, name === "up" ? -1 : 1);
  }

  // A new row: of the cost tree beside the row it was asked at, or below it as its last part.
  function addRow(part, after, child) {
    const row = key12();
    const above = rows.get(after);
    const own = child && above ? after : above ? above.parent : blankParent(part);
    const last = child && above ? order.get(part).filter((key) => rows.get(key).parent === after).at(-1) || after : above ? after : "";
    perform([{ do: "add", row, part, parent: own, after: last, cells: classesOf(part, after) }]);
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
    if (place < 0 || place >= peers.length) return void say(by < 0 ? "已在最上面。" : "已在最下面。");
    const after = by > 0 ? peers[place] : peers[place - 1] || "^";
    const field = grids.get(part).cell()?.dataset.field;
    perform([{ do: "move", row, after }], { keep: { row, field } });
    grids.get(part).go(row, field);
  }

  // The level at which the blank row of the cost tree will add.
  function relevel(row, deeper) {
    if (!shiftLevel(deeper)) return void say(deeper ? "不能再降级。" : "已是最上一级。");
    const field = grids.get("cost").cell()?.dataset.field;
    sheet.draw("cost", { row, field });
    grids.get("cost").go(row, field);
    say(`新的一行：${blankLevel().told}。`);
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
        changes.push({ do: "add", row, part, parent: blankParent(part), after, cells: Object.fromEntries(fields.map((column, c) => [column.field, line[c]])) });
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
    const offered = parts.get(part).columns.find((one) => one.field === field)?.choices || [];
    if (offered.length) return offered.filter((one) => one !== typed).map((name) => ({ name, cells: {} }));
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

  return { command, paste, suggest, take };
}
