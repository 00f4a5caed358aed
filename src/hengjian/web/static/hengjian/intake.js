// Dropping documents, and comparing a form with its original. Without this file: plain forms, links to the spots.

document.documentElement.classList.add("scripted");

// --- dropping: one request for each file, with progress --------------------------------------------------------------

const drop = document.querySelector("form[data-drop]");
if (drop) startDropping(drop);

function startDropping(form) {
  const list = form.querySelector("[data-uploads]");
  const input = form.querySelector("input[type=file]");
  const limit = Number(form.dataset.limit);
  const queue = [];
  let busy = 0;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(input.files);
  });
  let depth = 0;
  const over = (on) => form.classList.toggle("over", on);
  document.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    depth += 1;
    over(true);
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) over(false);
  });
  document.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    depth = 0;
    over(false);
    take(event.dataTransfer.files);
  });

  function take(files) {
    const unit = form.elements.body;
    if (!unit.value) {
      unit.focus();
      show({ name: "" }).fail("请先选择文件所属单位，再上传。");
      return;
    }
    for (const file of files) queue.push([file, show(file)]);
    input.value = "";
    while (busy < 2 && queue.length) next();
  }

  function next() {
    const [file, line] = queue.shift();
    if (file.size > limit) {
      line.fail(`超过 ${Math.floor(limit / 1048576)} MB 的上限，没有上传。请拆分或压缩图片后再上传。`);
      done();
      return;
    }
    busy += 1;
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("body", form.elements.body.value);
    data.append("files", file, file.name);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && line.progress(event.loaded / event.total));
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText).files[0];
      } catch {
        line.fail(request.status === 403 ? "登录已过期，请刷新页面登录后再上传。" : "上传没有成功，请稍后再试。");
      }
      if (answer) (answer.ok ? line.ok : line.fail)(answer.message, answer.url);
      busy -= 1;
      done();
    });
    request.addEventListener("error", () => {
      line.fail("连接中断，没有上传成功。请检查网络后重新拖入。");
      busy -= 1;
      done();
    });
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  }

  function done() {
    while (busy < 2 && queue.length) next();
    if (!busy && !queue.length) window.htmx?.ajax("GET", location.pathname, { target: "#intakes", swap: "outerHTML" });
  }

  function show(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${file.name} 上传进度`);
    const said = document.createElement("span");
    said.className = "upload-said";
    item.append(name, bar, said);
    list.prepend(item);
    const end = (kind, message, url) => {
      bar.remove();
      item.className = kind;
      said.textContent = message;
      if (url) {
        const link = document.createElement("a");
        link.href = url;
        link.textContent = "查看";
        item.append(link);
      }
    };
    return {
      progress: (share) => (bar.value = share),
      ok: (message, url) => end("ok", message, url),
      fail: (message, url) => end("failed", message, url),
    };
  }
}

// --- comparing with the original ---------------------------------------------------------------------------------------

const mending = document.getElementById("mending");
if (mending) startMending(mending);

function startMending(form) {
  const original = document.querySelector(".original");
  const body = original?.querySelector(".original-body");
  const fields = [...form.querySelectorAll("[data-spot]")];
  const may = form.hasAttribute("hx-post");

  // The box of the value in hand, and back.
  let lit = [];
  const light = (spot, field) => {
    for (const one of lit) one.classList.remove("lit");
    lit = [];
    if (field) lit.push(field.closest(".cell"));
    if (spot && original) lit.push(...original.querySelectorAll(`[data-spot="${CSS.escape(spot)}"]`));
    for (const one of lit) one.classList.add("lit");
  };
  form.addEventListener("focusin", (event) => {
    const field = event.target.closest("[data-spot]");
    if (!field) return;
    light(field.dataset.spot, field);
    const box = lit.find((one) => original?.contains(one));
    if (box && wide()) bring(box);
    back = null;
    peek.textContent = "看原件";
    hand = field;
    tell();
  });
  // A strip says about the value in hand: where it stands, what was read, what is found about it. On a narrow screen the
  // original lies below: a button leads there, and back.
  const strip = document.createElement("div");
  strip.className = "strip d-print-none";
  strip.hidden = true;
  const about = document.createElement("div");
  about.setAttribute("aria-live", "polite");
  const peek = document.createElement("button");
  peek.type = "button";
  peek.className = "btn btn-sm btn-dark";
  strip.append(about, peek);
  document.body.append(strip);
  let back = null;
  peek.addEventListener("click", () => {
    if (back) {
      go(back);
      return;
    }
    const box = lit.find((one) => original?.contains(one));
    if (!box) return;
    back = lit[0].querySelector("[data-spot]");
    box.scrollIntoView({ block: "center", inline: "center" });
    peek.textContent = "回到填写";
  });
  let hand = null;
  const tell = () => {
    if (!hand) return;
    const found = [...form.querySelectorAll(".findings [data-cell]")].filter((one) => `c-${one.dataset.cell}` === hand.id);
    const lines = found.map((one) => [one.textContent.trim(), `level-${one.dataset.level}`]);
    if (hand.value !== hand.dataset.read) lines.unshift([`读作：${hand.dataset.read || "空白"}`, "was"]);
    else if (hand.closest(".cell").classList.contains("owed")) lines.unshift(["读取时拿不准，请对照原件：改正，或勾选“无误”", "unsure"]);
    about.replaceChildren(
      ...lines.map(([text, kind]) => {
        const line = document.createElement("p");
        line.className = kind;
        line.textContent = text;
        return line;
      }),
    );
    const shown = lit.some((one) => original?.contains(one));
    peek.hidden = wide() || !shown;
    strip.hidden = !lines.length && peek.hidden;
  };
  const wide = () => matchMedia("(min-width: 992px)").matches;
  const bring = (box) => {
    const frame = body.getBoundingClientRect();
    const at = box.getBoundingClientRect();
    if (at.top < frame.top + 20 || at.bottom > frame.bottom - 20) body.scrollTop += at.top - frame.top - frame.height / 3;
    if (at.left < frame.left || at.right > frame.right) body.scrollLeft += at.left - frame.left - 40;
  };
  original?.addEventListener("click", (event) => {
    const spot = event.target.closest("[data-spot]");
    if (!spot) return;
    event.preventDefault();
    const mine = fields.filter((field) => field.dataset.spot === spot.dataset.spot);
    const field = mine[(mine.indexOf(document.activeElement) + 1) % mine.length];
    if (!field) return;
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center", inline: "nearest" });
  });

  // A field is as high as its text.
  const fit = (field) => {
    if (field.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  fields.forEach(fit);

  // What is uncertain, mended, cut: told at once, kept in the background.
  const settle = (field) => {
    const cell = field.closest(".cell");
    if (!cell) return;
    const mended = field.value !== field.dataset.read;
    const sure = cell.querySelector("input[name=sure]")?.checked ?? false;
    cell.classList.toggle("mended", mended);
    cell.classList.toggle("owed", cell.classList.contains("doubtful") && !mended && !sure);
  };
  // Nothing typed is lost: kept after a moment and when the page is left, tried again while the connection is gone.
  let timer = 0;
  let dirty = false;
  let broken = false;
  const later = (pause = 700) => {
    if (!may) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      dirty = false;
      window.htmx?.trigger(form, "save");
    }, pause);
  };
  const failed = () => {
    broken = true;
    const said = form.querySelector("[data-kept]");
    if (said) said.textContent = "连接中断，改动还没有保存，正在重试…";
    later(4000);
  };
  form.addEventListener("htmx:sendError", failed);
  form.addEventListener("htmx:responseError", (event) => event.detail.xhr.status >= 500 && failed());
  form.addEventListener("htmx:afterOnLoad", () => (broken = false));
  form.addEventListener("change", () => dirty && later(0));
  addEventListener("beforeunload", (event) => (dirty || broken) && event.preventDefault());
  addEventListener("pagehide", () => dirty && navigator.sendBeacon(form.action, new FormData(form)));
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("[data-spot]")) {
      fit(field);
      settle(field);
    } else if (field.matches("input[name=sure]")) settle(field.closest(".cell").querySelector("[data-spot]"));
    else if (field.matches("input[name=cut]")) field.closest("tr").classList.toggle("cut", field.checked);
    else return;
    later();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = broken = false;
  });

  // Findings stand beside their cells.
  const mark = () => {
    for (const cell of form.querySelectorAll(".cell")) cell.classList.remove("found-E", "found-W", "found-I");
    for (const one of form.querySelectorAll(".findings [data-cell]")) {
      const cell = document.getElementById(`c-${one.dataset.cell}`)?.closest(".cell");
      cell?.classList.add(`found-${one.dataset.level}`);
    }
  };
  form.addEventListener("htmx:afterSettle", () => {
    mark();
    tell();
  });
  form.addEventListener("focusout", (event) => {
    if (!strip.contains(event.relatedTarget)) setTimeout(() => form.contains(document.activeElement) || strip.contains(document.activeElement) || back || (strip.hidden = true));
  });

  // A link to a cell focuses it; F8 goes to the next uncertain one.
  const go = (field) => {
    if (!field) return;
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center", inline: "nearest" });
  };
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#c-']");
    if (link) {
      event.preventDefault();
      go(document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1))));
      return;
    }
    const to = event.target.closest("a.to-original");
    if (to) {
      event.preventDefault();
      to.closest(".value").querySelector("[data-spot]").focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8") return;
    event.preventDefault();
    const owed = [...form.querySelectorAll(".cell.owed [data-spot]")];
    const after = owed.find((field) => document.activeElement.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING);
    go(after ?? owed[0]);
  });
}
