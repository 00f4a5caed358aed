// What the sheet holds: rows by key, their order, and changes applied to them. The answer to a change is what takes it back.

export default function rowsOf(sheet) {
  const { data } = sheet;

  const rows = new Map(); // key → {key, part, parent, cells}
  const order = new Map(); // part → keys in order
  const parts = new Map(data.parts.map((part) => [part.part, part]));
  const computedHead = new Set(data.head.filter((column) => column.computed).map((column) => column.field));
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

  // Whether a cell follows from others, so that nobody types it.
  const computed = (key, field) => computedHead.has(field) && rows.get(key)?.part === "head";

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

  const nameOf = (key) => {
    const row = rows.get(key);
    if (!row || row.part === "head") return "";
    return text(key, "name") || text(key, "item") || `第${(order.get(row.part) || []).indexOf(key) + 1}行`;
  };
  const labels = new Map([...data.head, ...data.parts.flatMap((part) => part.columns)].map((column) => [column.field, column.label]));
  const labelOf = (field) => labels.get(field) || field || "";

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

  // A new row at the end of the cost tree can stand at several levels: below the last row, beside it, beside one above it. The
  // blank row stands at the level chosen, at first beside the last row.
  const level = { parent: null };

  function levels() {
    const last = shown("cost").at(-1)?.[0];
    const out = [];
    for (let key = last; key; key = rows.has(rows.get(key).parent) ? rows.get(key).parent : "") out.push(key);
    return [...out, ""];
  }

  function blankParent(part) {
    if (part !== "cost") return "";
    const known = levels();
    return known.includes(level.parent) ? level.parent : known[1] ?? "";
  }

  function shiftLevel(deeper) {
    const known = levels();
    const place = known.indexOf(blankParent("cost")) + (deeper ? -1 : 1);
    if (known[place] === undefined) return false;
    level.parent = known[place];
    return true;
  }

  // Where the blank row stands, in words, and how deep.
  function blankLevel() {
    const parent = blankParent("cost");
    const known = levels();
    const told = !parent ? "最上一级" : parent === known[0] ? `“${nameOf(parent)}”的下级` : `属于“${nameOf(parent)}”`;
    return { depth: known.length - 1 - known.indexOf(parent), told };
  }

  return { rows, order, parts, computed, insert, family, cut, text, apply, nameOf, labels, labelOf, shown, blankParent, shiftLevel, blankLevel };
}
