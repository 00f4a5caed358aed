// A table filled in like a spreadsheet. It is an ordinary HTML table; over its current cell lies a text field that always has
// the focus, so that typing, an input method for Chinese, copying and pasting go to the cell without any detour.
//
// The host: {editable(row, field), text(row, field), label(row, field), begin(row, field), draft(row, field, from, text),
// commit(row, field, from, text, draft), set(cells), paste(row, field, block), command(name, row), moved(row, field),
// suggest(row, field, text) → Promise of [{name, source, note}], take(row, field, from, item)}.
// A cell is <td data-row data-field>; cells without data-field are not for standing on.

const DRAFT_AFTER = 700; // ms of rest until what is being typed is saved
const SUGGEST_AFTER = 150;

export class Grid {
  constructor(table, host) {
    this.table = table;
    this.host = host;
    this.box = table.parentElement;
    this.rows = [];
    this.at = { r: 0, c: 0 };
    this.from = { r: 0, c: 0 };
    this.editing = null; // {row, field, first, last}: what the cell held at first, and what was last saved of the typing
    this.composing = false;
    this.released = false;
    this.items = [];
    this.chosen = -1;
    this.makeField();
    this.listen();
    this.read();
  }

  makeField() {
    this.field = document.createElement("textarea");
    this.field.className = "grid-field";
    this.field.rows = 1;
    this.field.spellcheck = false;
    this.field.autocomplete = "off";
    this.field.setAttribute("aria-label", this.table.getAttribute("aria-label") || "");
    this.list = document.createElement("ul");
    this.list.className = "grid-list";
    this.list.hidden = true;
    this.list.id = `list-${Math.random().toString(36).slice(2)}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "可选的指标");
    this.box.append(this.field, this.list);
  }

  listen() {
    const field = this.field;
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("input", () => this.typed());
    field.addEventListener("compositionstart", () => {
      this.composing = true;
      this.start(true);
    });
    field.addEventListener("compositionend", () => {
      this.composing = false;
      this.typed();
    });
    field.addEventListener("focus", () => this.mark());
    field.addEventListener("blur", () => {
      this.finish();
      this.mark(false);
    });
    field.addEventListener("copy", (event) => this.copy(event));
    field.addEventListener("cut", (event) => this.copy(event, true));
    field.addEventListener("paste", (event) => this.paste(event));
    this.table.addEventListener("pointerdown", (event) => this.press(event));
    this.table.addEventListener("dblclick", (event) => this.td(event) && this.start(false));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.take(Number(item.dataset.index));
    });
    new ResizeObserver(() => this.place()).observe(this.table);
    window.addEventListener("scroll", () => this.list.hidden || this.placeList(), { capture: true, passive: true });
  }

  // --- where things are ---------------------------------------------------------------------------------------------

  // Read the table anew after its rows were drawn; the place is kept by its row and field.
  read(row, field) {
    const keep = row ? { row, field } : this.place_();
    this.rows = [...this.table.tBodies[0].rows].map((tr) => [...tr.querySelectorAll("td[data-field]")]).filter((one) => one.length);
    if (keep && !this.go_(keep.row, keep.field)) this.at = this.clamp(this.at);
    this.from = this.clamp(row ? this.at : this.from);
    if (row) this.from = { ...this.at };
    this.place();
    if (document.activeElement === this.field) this.mark();
  }

  place_() {
    const cell = this.cell();
    return cell ? { row: cell.dataset.row, field: cell.dataset.field } : null;
  }

  go_(row, field) {
    for (let r = 0; r < this.rows.length; r++) {
      const c = this.rows[r].findIndex((td) => td.dataset.row === row && (td.dataset.field === field || field === undefined));
      if (c >= 0) {
        this.at = { r, c };
        return true;
      }
    }
    return false;
  }

  clamp({ r, c }) {
    const row = Math.max(0, Math.min(r, this.rows.length - 1));
    return { r: row, c: Math.max(0, Math.min(c, (this.rows[row] || [0]).length - 1)) };
  }

  cell(at = this.at) {
    return this.rows[at.r]?.[at.c] || null;
  }

  get row() {
    return this.cell()?.dataset.row || "";
  }

  go(row, field) {
    this.finish();
    if (!this.go_(row, field)) return;
    this.from = { ...this.at };
    this.field.focus({ preventScroll: true });
    this.mark();
    this.show();
  }

  show() {
    this.cell()?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  }

  range() {
    const [top, bottom] = [Math.min(this.at.r, this.from.r), Math.max(this.at.r, this.from.r)];
    const [left, right] = [Math.min(this.at.c, this.from.c), Math.max(this.at.c, this.from.c)];
    return { top, bottom, left, right };
  }

  selected() {
    const { top, bottom, left, right } = this.range();
    return this.rows.slice(top, bottom + 1).map((cells) => cells.slice(left, right + 1));
  }

  place() {
    const cell = this.cell();
    this.field.hidden = !cell;
    if (!cell) return;
    const [own, box] = [cell.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const style = this.field.style;
    style.left = `${own.left - box.left + this.box.scrollLeft}px`;
    style.top = `${own.top - box.top + this.box.scrollTop}px`;
    const least = this.editing ? Math.min(180, box.width - 24) : 0;
    style.width = `${Math.max(own.width, least)}px`;
    style.height = `${own.height}px`;
    if (this.editing) style.height = `${Math.max(own.height, this.field.scrollHeight + 2)}px`;
    if (!this.list.hidden) this.placeList();
  }

  // The list lies over the page, not inside the scrolling table, and above the cell where there is no room below.
  placeList() {
    const own = this.field.getBoundingClientRect();
    const below = window.innerHeight - own.bottom - 8;
    const up = below < Math.min(this.list.scrollHeight, 256) && own.top > below;
    const style = this.list.style;
    style.left = `${Math.max(4, Math.min(own.left, window.innerWidth - this.list.offsetWidth - 8))}px`;
    style.top = up ? "auto" : `${own.bottom}px`;
    style.bottom = up ? `${window.innerHeight - own.top}px` : "auto";
    style.maxHeight = `${Math.min(256, up ? own.top - 8 : below)}px`;
  }

  mark(active = true) {
    for (const td of this.table.querySelectorAll("td.at, td.in")) td.classList.remove("at", "in");
    if (!active) return;
    const several = this.at.r !== this.from.r || this.at.c !== this.from.c;
    if (several) for (const line of this.selected()) for (const td of line) td.classList.add("in");
    const cell = this.cell();
    cell?.classList.add("at");
    this.place();
    if (cell) {
      const { row, field } = cell.dataset;
      this.field.readOnly = !this.host.editable(row, field);
      if (!this.editing) this.field.setAttribute("aria-label", `${this.host.label(row, field)}：${this.host.text(row, field) || "空"}`);
      this.host.moved(row, field);
    }
  }

  step(dr, dc, extend = false) {
    this.finish();
    const next = this.clamp({ r: this.at.r + dr, c: this.at.c + dc });
    this.at = next;
    if (!extend) this.from = { ...next };
    this.mark();
    this.show();
  }

  // The next or previous cell of the table in reading order; false at its end.
  along(by) {
    this.finish();
    let { r, c } = this.at;
    c += by;
    if (c < 0) c = (this.rows[--r] || []).length - 1;
    else if (c >= (this.rows[r] || []).length) [r, c] = [r + 1, 0];
    if (!this.rows[r] || c < 0) return false;
    this.at = { r, c };
    this.from = { r, c };
    this.mark();
    this.show();
    return true;
  }

  td(event) {
    const td = event.target.closest("td[data-field]");
    return td && !event.target.closest("button, a") && this.table.contains(td) ? td : null;
  }

  press(event) {
    const td = this.td(event);
    if (!td || event.button !== 0) return;
    const r = this.rows.findIndex((line) => line.includes(td));
    if (r < 0) return;
    const again = this.cell() === td && document.activeElement === this.field;
    const touch = event.pointerType !== "mouse";
    event.preventDefault();
    this.finish();
    this.at = { r, c: this.rows[r].indexOf(td) };
    if (!event.shiftKey) this.from = { ...this.at };
    this.field.focus({ preventScroll: true });
    this.mark();
    if (touch && again) return void this.start(false);
    if (touch) return;
    const drag = (move) => {
      const over = document.elementFromPoint(move.clientX, move.clientY)?.closest("td[data-field]");
      const line = over ? this.rows.findIndex((one) => one.includes(over)) : -1;
      if (line < 0) return;
      this.at = { r: line, c: this.rows[line].indexOf(over) };
      this.mark();
    };
    window.addEventListener("pointermove", drag);
    window.addEventListener("pointerup", () => window.removeEventListener("pointermove", drag), { once: true });
  }

  // --- typing ---------------------------------------------------------------------------------------------------------

  // Begin to edit the current cell: typing replaces what it holds (empty), F2 and a double click go on with it.
  start(empty) {
    const cell = this.cell();
    if (!cell || this.editing || this.field.readOnly) return;
    const { row, field } = cell.dataset;
    const now = this.host.text(row, field);
    this.editing = { row, field, first: now, last: now };
    this.from = { ...this.at };
    this.field.classList.add("editing");
    if (!empty) {
      this.field.value = now;
      this.field.setSelectionRange(now.length, now.length);
    }
    this.host.begin(row, field);
    this.place();
    if (!empty) this.ask();
  }

  typed() {
    if (!this.editing) {
      if (!this.field.value || this.field.readOnly) return;
      this.start(true);
    }
    this.place();
    if (this.composing) return;
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.draft(), DRAFT_AFTER);
    this.host.typing(this.editing.row, this.editing.field, this.field.value, this.editing.last);
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.ask(), SUGGEST_AFTER);
  }

  // Save what has been typed so far, while it is still being typed.
  draft() {
    const own = this.editing;
    if (!own || this.composing || this.field.value === own.last) return;
    const text = this.field.value;
    this.host.draft(own.row, own.field, own.last, text);
    own.last = text;
    this.host.typing(own.row, own.field, text, text);
  }

  finish() {
    const own = this.editing;
    if (!own) return;
    clearTimeout(this.clock);
    const text = this.field.value.replace(/\s+$/, "");
    this.quit();
    this.host.commit(own.row, own.field, own.last, text, own.first);
  }

  cancel() {
    const own = this.editing;
    clearTimeout(this.clock);
    this.quit();
    this.host.commit(own.row, own.field, own.last, own.first, own.first);
    this.mark();
  }

  quit() {
    this.editing = null;
    this.composing = false;
    this.field.value = "";
    this.field.classList.remove("editing");
    this.close();
    this.place();
  }

  // --- keys -----------------------------------------------------------------------------------------------------------

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const done = this.editing ? this.keyWhileEditing(event) : this.keyWhileIdle(event);
    if (done) event.preventDefault();
  }

  keyWhileEditing(event) {
    const { key } = event;
    if (!this.list.hidden && this.keyInList(key)) return true;
    if (key === "Escape") return this.cancel(), true;
    if (key === "Enter" && event.altKey) {
      this.field.setRangeText("\n", this.field.selectionStart, this.field.selectionEnd, "end");
      return this.typed(), true;
    }
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) return this.finish(), this.host.command(event.shiftKey ? "child" : "add", this.row), true;
    if (key === "Enter") return this.step(event.shiftKey ? -1 : 1, 0), true;
    if (key === "Tab") return this.along(event.shiftKey ? -1 : 1);
    if (key === "F2") return true;
    const all = this.field.value;
    if (key === "ArrowUp" && !event.shiftKey && !all.slice(0, this.field.selectionStart).includes("\n")) return this.step(-1, 0), true;
    if (key === "ArrowDown" && !event.shiftKey && !all.slice(this.field.selectionEnd).includes("\n")) return this.step(1, 0), true;
    return false;
  }

  keyWhileIdle(event) {
    const { key } = event;
    const control = event.ctrlKey || event.metaKey;
    if (key === "Tab") {
      if (!this.released && this.along(event.shiftKey ? -1 : 1)) return true;
      this.released = false;
      return false;
    }
    this.released = key === "Escape";
    if (event.altKey && ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key)) {
      return this.host.command({ ArrowUp: "up", ArrowDown: "down", ArrowLeft: "outdent", ArrowRight: "indent" }[key], this.row), true;
    }
    if (control) return this.keyWithControl(event);
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -99], End: [0, 99] };
    if (steps[key]) return this.step(...steps[key], event.shiftKey), true;
    if (key === "Enter") return this.step(event.shiftKey ? -1 : 1, 0), true;
    if (key === "F2") return this.start(false), true;
    if (key === "Delete" || key === "Backspace") return this.clear(), true;
    if (key === "Escape") {
      this.from = { ...this.at };
      return this.mark(), true;
    }
    return false;
  }

  keyWithControl(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const many = this.rows.length + 99;
    const steps = { ArrowUp: [-many, 0], ArrowDown: [many, 0], ArrowLeft: [0, -99], ArrowRight: [0, 99], Home: [-many, -99], End: [many, 99] };
    if (steps[key]) return this.step(...steps[key], event.shiftKey), true;
    if (key === "Enter") return this.host.command(event.shiftKey ? "child" : "add", this.row), true;
    if (key === "Delete" || key === "Backspace") return this.removeRows(), true;
    if (key === "z" || key === "y") return this.host.command((key === "y") !== event.shiftKey ? "redo" : "undo", this.row), true;
    if (key === "d") return this.fillDown(), true;
    if (key === "a") {
      this.from = { r: 0, c: 0 };
      this.at = this.clamp({ r: many, c: 99 });
      return this.mark(), true;
    }
    return false;
  }

  removeRows() {
    const rows = [...new Set(this.selected().flat().map((td) => td.dataset.row))];
    this.host.command("remove", rows);
  }

  // --- several cells ----------------------------------------------------------------------------------------------------

  clear() {
    this.put(this.selected().flat().map((td) => [td, ""]));
  }

  fillDown() {
    const lines = this.selected();
    this.put(lines.slice(1).flatMap((line) => line.map((td, c) => [td, this.textOf(lines[0][c])])));
  }

  textOf(td) {
    return this.host.text(td.dataset.row, td.dataset.field);
  }

  put(pairs) {
    const cells = pairs.map(([td, text]) => ({ row: td.dataset.row, field: td.dataset.field, text }));
    this.host.set(cells.filter((one) => this.host.editable(one.row, one.field)));
  }

  copy(event, cut = false) {
    if (this.editing) return;
    event.preventDefault();
    const lines = this.selected().map((line) => line.map((td) => quoted(this.textOf(td))).join("\t"));
    event.clipboardData.setData("text/plain", lines.join("\n"));
    if (cut) this.clear();
  }

  paste(event) {
    if (this.editing) return;
    event.preventDefault();
    const block = blockOf(event.clipboardData.getData("text/plain"));
    if (!block.length) return;
    const lines = this.selected();
    const several = lines.length > 1 || lines[0]?.length > 1;
    if (block.length === 1 && block[0].length === 1 && several) return void this.put(lines.flat().map((td) => [td, block[0][0]]));
    const { top, left } = this.range();
    this.host.paste(this, top, left, block);
  }

  // --- suggestions ------------------------------------------------------------------------------------------------------

  async ask() {
    const own = this.editing;
    if (!own) return;
    const text = this.field.value;
    const items = await this.host.suggest(own.row, own.field, text);
    if (this.editing !== own || this.field.value !== text) return;
    this.items = items;
    this.chosen = -1;
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)));
    this.list.hidden = !items.length;
    this.field.setAttribute("aria-controls", this.list.id);
    this.place();
  }

  option(item, index) {
    const li = document.createElement("li");
    li.id = `${this.list.id}-${index}`;
    li.dataset.index = index;
    li.setAttribute("role", "option");
    li.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.textContent = item.name;
    const note = document.createElement("span");
    note.className = "grid-note";
    note.textContent = [item.source, item.note].filter(Boolean).join("　");
    li.append(name, note);
    return li;
  }

  keyInList(key) {
    if (key === "Escape") return this.close(), true;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const count = this.items.length;
      if (key === "ArrowDown") this.chosen = (this.chosen + 1) % count;
      else this.chosen = this.chosen < 0 ? count - 1 : this.chosen - 1;
      [...this.list.children].forEach((li, index) => li.setAttribute("aria-selected", String(index === this.chosen)));
      if (this.chosen >= 0) {
        this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
        this.list.children[this.chosen].scrollIntoView({ block: "nearest" });
      } else {
        this.field.removeAttribute("aria-activedescendant");
      }
      return true;
    }
    if ((key === "Enter" || key === "Tab") && this.chosen >= 0) return this.take(this.chosen), true;
    return false;
  }

  take(index) {
    const own = this.editing;
    const item = this.items[index];
    clearTimeout(this.clock);
    this.quit();
    this.host.take(own.row, own.field, own.last, item, own.first);
    this.mark();
  }

  close() {
    clearTimeout(this.asking);
    this.list.hidden = true;
    this.items = [];
    this.chosen = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }
}

function quoted(text) {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// What a spreadsheet puts on the clipboard: cells between tabs, rows between line breaks, quotes around cells that hold either.
export function blockOf(text) {
  const rows = [[]];
  let cell = "";
  let at = 0;
  const source = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  const push = () => {
    rows.at(-1).push(cell.trim());
    cell = "";
  };
  while (at < source.length) {
    const sign = source[at];
    if (sign === '"' && cell === "") {
      const end = closing(source, at);
      if (end > 0) {
        cell = source.slice(at + 1, end).replaceAll('""', '"');
        at = end + 1;
        continue;
      }
    }
    if (sign === "\t") push();
    else if (sign === "\n") {
      push();
      rows.push([]);
    } else cell += sign;
    at += 1;
  }
  if (cell || rows.at(-1).length) push();
  if (!rows.at(-1).length) rows.pop();
  return rows;
}

// Where the quote that opens a cell closes it: right before a tab, a line break or the end; -1 where it is just a quote mark.
function closing(source, at) {
  let end = at + 1;
  while (end < source.length) {
    if (source[end] !== '"') end += 1;
    else if (source[end + 1] === '"') end += 2;
    else return end + 1 === source.length || "\t\n".includes(source[end + 1]) ? end : -1;
  }
  return -1;
}
