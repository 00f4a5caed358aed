// Changes on their way to the server. A change is written to this browser's storage before it is sent and stays there until
// the server has answered for it by its number; so neither a lost connection nor a crash loses one, and none counts twice.

const PREFIX = "hengjian:outbox:";
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const MOST = 100; // changes in one request
const TIMEOUT = 30000;
const TYPING = "typing:";
const STILL_TYPING = 2000; // ms after a key until what is being typed counts as left behind

// The browser's storage, twice: localStorage is there at once and outlives the page; IndexedDB is asked to be on the disk before
// it answers, so it outlives the browser, too. Either may be missing or full.
class Store {
  constructor(scope) {
    this.scope = scope;
    this.base = new Promise((resolve) => {
      try {
        const asked = indexedDB.open("hengjian", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
    this.waiting = new Map();
    this.busy = false;
  }

  // Keep a value under a name, null to forget it; whether localStorage has it.
  keep(name, value) {
    const key = this.scope + name;
    const written = value === null ? null : JSON.stringify(value);
    this.waiting.set(key, written);
    this.flush();
    try {
      if (written === null) localStorage.removeItem(key);
      else localStorage.setItem(key, written);
      return true;
    } catch {
      return false;
    }
  }

  // One transaction at a time: a slow disk gets the latest of what was typed meanwhile, not every key of it.
  async flush() {
    if (this.busy) return;
    this.busy = true;
    const base = await this.base;
    while (this.waiting.size) {
      const changes = this.waiting;
      this.waiting = new Map();
      if (base) await this.write(base, changes);
    }
    this.busy = false;
  }

  write(base, changes) {
    return new Promise((resolve) => {
      try {
        const step = base.transaction("kept", "readwrite", { durability: "strict" });
        step.oncomplete = step.onabort = step.onerror = () => resolve();
        const kept = step.objectStore("kept");
        for (const [key, written] of changes) written === null ? kept.delete(key) : kept.put(written, key);
      } catch {
        resolve();
      }
    });
  }

  // All that is kept, as [name, value]. After a crash one of the two may be behind the other, so a name may come twice.
  async all() {
    const quick = Object.keys(localStorage).map((key) => [key, localStorage.getItem(key)]);
    const found = [...quick, ...(await this.stored())].filter(([key]) => key.startsWith(this.scope));
    return found.flatMap(([key, text]) => {
      try {
        return [[key.slice(this.scope.length), JSON.parse(text)]];
      } catch {
        return [];
      }
    });
  }

  async stored() {
    const base = await this.base;
    if (!base) return [];
    return new Promise((resolve) => {
      const kept = base.transaction("kept").objectStore("kept");
      const [keys, values] = [kept.getAllKeys(), kept.getAll()];
      values.onsuccess = () => resolve(keys.result.map((key, n) => [key, values.result[n]]).filter(([key]) => key.startsWith(this.scope)));
      values.onerror = () => resolve([]);
    });
  }
}

export class Outbox {
  // told: {state(outbox), saved(answer), conflict(one), refused(change, message), renew(): whether the session is back}
  constructor({ url, scope, base, token, told }) {
    this.url = url;
    this.base = base;
    this.token = token;
    this.told = told;
    this.store = new Store(PREFIX + scope + ":");
    this.name = crypto.getRandomValues(new Uint32Array(2)).join("");
    this.queue = [];
    this.state = "saved"; // saving | offline | login | closed | gone | full
    this.message = "";
    this.wait = FIRST_WAIT;
    this.single = false;
    this.sending = false;
    this.timer = 0;
    window.addEventListener("online", () => this.hurry());
  }

  // Changes that another page of this form left unsent: of a browser that crashed, or of a page still open. A page still
  // open will send them, too; they have numbers, so that does no harm. Half a cell that was being typed becomes a change.
  async adopt() {
    const found = new Map();
    const typed = new Map();
    const young = ([name, value]) => name.startsWith(TYPING) && Date.now() - value.at < STILL_TYPING;
    if ((await this.store.all()).some(young)) await new Promise((resolve) => setTimeout(resolve, STILL_TYPING));
    for (const [name, value] of await this.store.all()) {
      if (young([name, value])) continue; // a page still open is being typed on: it will save that itself
      this.store.keep(name, null);
      if (!name.startsWith(TYPING)) value.forEach((change) => found.set(change.id, change));
      else if (!(typed.get(name)?.at > value.at)) typed.set(name, value);
    }
    const left = [...found.values(), ...[...typed.values()].map((one) => one.change)];
    this.queue.unshift(...left);
    if (left.length) this.keep();
    return left;
  }

  // What is being typed just now, kept at every key; null when it has become a change or was given up.
  typing(change) {
    this.store.keep(TYPING + this.name, change && { change, at: Date.now() });
  }

  add(changes) {
    this.queue.push(...changes);
    this.keep();
    if (this.state === "saved") this.show("saving");
    else this.show(this.state);
    this.soon(0);
  }

  pending(row, field) {
    return this.queue.some((one) => one.row === row && (field === undefined || one.field === field));
  }

  keep() {
    // Where the storage is full or closed, the page says so and asks before it is left.
    this.kept = this.store.keep(this.name, this.queue.length ? this.queue : null);
  }

  show(state, message = "") {
    this.state = state;
    this.message = message;
    this.told.state(this);
  }

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  hurry() {
    if (!this.queue.length || this.state === "closed" || this.state === "gone") return;
    this.wait = FIRST_WAIT;
    this.soon(0);
  }

  // On leaving the page: what fits is sent at once; the storage holds it in any case.
  leave() {
    if (!this.queue.length || this.sending) return;
    const body = JSON.stringify({ base: this.base, changes: this.queue.slice(0, MOST) });
    if (body.length < 60000) fetch(this.url, this.request(body, { keepalive: true })).catch(() => {});
  }

  request(body, more = {}) {
    return {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      credentials: "same-origin",
      redirect: "manual",
      ...more,
    };
  }

  async send() {
    if (this.sending || !this.queue.length || this.state === "closed" || this.state === "gone") return;
    this.sending = true;
    const changes = this.queue.slice(0, this.single ? 1 : MOST);
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), TIMEOUT);
    if (this.state === "saved") this.show("saving");
    let answer = null;
    let said = {};
    try {
      if (this.state === "login" && !(await this.told.renew())) throw new Error("no session");
      const body = JSON.stringify({ base: this.base, changes });
      answer = await fetch(this.url, this.request(body, { signal: stop.signal }));
      if (answer.type !== "opaqueredirect") said = await answer.json().catch(() => ({}));
    } catch {
      answer = null;
    } finally {
      clearTimeout(clock);
      this.sending = false;
    }
    this.hear(answer, said, changes);
  }

  hear(answer, said, changes) {
    if (answer === null) return this.again(this.state === "login" ? "login" : "offline");
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return this.again("login");
    if (answer.ok) return this.heard(said, changes);
    if (answer.status === 404) return this.show("gone", "这张表不存在，或您现在的账号不能填报它");
    if (answer.status === 409 && said.closed) return this.show("closed", said.message);
    if (answer.status === 409 || answer.status === 413 || answer.status === 400) return this.refuse(said, changes);
    return this.again("offline");
  }

  heard(said, changes) {
    const done = new Set([...said.applied, ...said.conflicts.map((one) => one.id)]);
    const conflicts = said.conflicts.map((one) => ({ ...one, change: changes.find((change) => change.id === one.id) }));
    this.queue = this.queue.filter((one) => !done.has(one.id));
    this.base = said.revision;
    this.wait = FIRST_WAIT;
    this.single = false;
    conflicts.forEach((one) => this.told.conflict(one)); // kept by the page before the queue forgets it
    this.keep();
    this.told.saved(said);
    if (this.queue.length) {
      this.show("saving");
      this.soon(0);
    } else {
      this.show("saved");
    }
  }

  // One change of a batch cannot be stored: find it by sending one at a time, and let the others pass.
  refuse(said, changes) {
    if (changes.length > 1) {
      this.single = true;
      return this.soon(0);
    }
    this.queue.shift();
    this.told.refused(changes[0], said.message || "没有保存");
    this.keep();
    this.show(this.queue.length ? "saving" : "saved");
    return this.soon(0);
  }

  again(state) {
    this.show(state);
    this.soon(this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  reopen() {
    if (this.state === "closed" || this.state === "gone") this.show(this.queue.length ? "saving" : "saved");
    this.hurry();
  }

  drop() {
    this.queue = [];
    this.keep();
    this.show("saved");
  }
}
