"use strict";
// The page for looking at cuts. Text of pages is only ever put in as text (textContent): the browser is
// told so as well (trusted types), and refuses anything else.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const make = (name, cls, text) => {
    const made = document.createElement(name);
    if (cls) made.className = cls;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const number = (n) => n.toLocaleString("en");
  const plural = (n, word) => `${number(n)} ${word}${n === 1 ? "" : "s"}`;

  const ROW = 60; // pixels of a row of the list
  const CLOSE = 1; // log odds: a cut with a smaller margin is a close call
  const LOOK = {
    contact_spam: "contact", watermark: "contact", anti_copy_injection: "contact",
    site_promo: "promo", download_prompt: "promo", seo_filler: "promo", trial_cutoff: "promo",
    copyright_disclaimer: "legal",
    navigation: "furniture", related_links: "furniture", pagination: "furniture", comment_ui: "furniture",
    byline_metadata: "byline", duplicate_title: "byline", collection_heading: "byline",
  };

  // ------------------------------------------------------------- documents and cuts
  // A piece of a document is a text that stayed, a number of characters that are left out, or a cut.
  const documents = data.documents.map((raw, index) => {
    const made = { index, id: raw.i, title: raw.t, source: raw.s, host: data.hosts[raw.h], missing: raw.x, pieces: raw.p, clean: raw.c, cuts: [] };
    for (const piece of raw.p) {
      if (!Array.isArray(piece)) continue;
      const [rule, text, start, length, margin, because] = piece;
      made.cuts.push({ document: made, at: made.cuts.length, rule: data.rules[rule], text, start, length, margin, because });
    }
    return made;
  });
  const searchable = (d) => d.words ??= [d.title, d.source, ...d.pieces.map((p) => (Array.isArray(p) ? p[1] : p))].join("\n").toLowerCase();

  // ------------------------------------------------------------- answers
  const KEY = `zhengben-review:${data.key}`;
  const answers = new Map();
  const undo = [];
  const nameOf = (answer) => answer.rule ? `${answer.document} ${answer.rule} ${answer.start}` : `${answer.document} noise ${answer.text}`;
  const answerOf = (cut) => answers.get(`${cut.document.id} ${cut.rule.id} ${cut.start}`);

  function stored() {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; }
  }
  function store() {
    try { localStorage.setItem(KEY, JSON.stringify([...answers.values()])); } catch { say("This browser keeps nothing: download your answers before you leave."); }
  }
  for (const answer of data.serve ? data.answers : stored()) answers.set(nameOf(answer), answer);

  const token = new URLSearchParams(location.search).get("token");
  let unsent = Promise.resolve(); // one after the other: the last answer is the last line of the file
  function send(answer) {
    if (!data.serve) return;
    unsent = unsent.then(() => fetch("/answers", { method: "POST", headers: { "Content-Type": "application/json", "X-Zhengben-Token": token }, body: JSON.stringify(answer) }))
      .then((reply) => { if (!reply.ok) throw new Error(String(reply.status)); })
      .catch(() => say("The answer was not saved: zhengben review does not answer. It is kept in this browser."));
  }
  function answer(value, { again = false } = {}) {
    const name = nameOf(value);
    if (!again) undo.push([answers.get(name), value]);
    if (value.verdict === "none") answers.delete(name); else answers.set(name, value);
    store();
    send(value);
    paintAnswers();
  }
  function takeBack() {
    const last = undo.pop();
    if (!last) return say("There is nothing to take back.");
    const [before, value] = last;
    answer(before ?? { ...value, verdict: "none" }, { again: true });
    const cut = document_(value.document)?.cuts.find((c) => c.rule.id === value.rule && c.start === value.start);
    if (cut) show(cut.document, cut); else if (now.document) paintMissed();
    say("Taken back.");
  }
  const document_ = (id) => documents.find((d) => d.id === id);

  // ------------------------------------------------------------- filters
  const filter = {};
  let found = []; // documents
  let shown = []; // cuts of these that meet the filter
  const certain = { "": () => true, close: (c) => c.margin !== null && c.margin < CLOSE, weighed: (c) => c.margin !== null, sure: (c) => c.margin === null };
  const isOn = (cut) =>
    (!filter.rule || cut.rule.id === filter.rule) && (!filter.kind || cut.rule.kind === filter.kind) &&
    certain[filter.certainty](cut) &&
    (!filter.state || (answerOf(cut)?.verdict ?? "open") === filter.state);

  function refilter() {
    for (const name of ["rule", "kind", "host", "certainty", "state"]) filter[name] = at(name).value;
    filter.words = at("search").value.trim().toLowerCase();
    const about_cuts = filter.rule || filter.kind || filter.certainty || filter.state;
    found = [];
    shown = [];
    for (const d of documents) {
      if (filter.host && d.host !== filter.host) continue;
      if (filter.words && !searchable(d).includes(filter.words)) continue;
      d.on = d.cuts.filter(isOn);
      if (about_cuts && !d.on.length) continue;
      d.place = found.length;
      found.push(d);
      shown.push(...d.on);
    }
    at("found").textContent = `${plural(found.length, "document")}, ${plural(shown.length, "cut")}`;
    at("height").style.height = `${found.length * ROW}px`;
    at("none").hidden = found.length > 0;
    at("list").scrollTop = 0;
    if (!found.includes(now.document)) show(found[0] ?? null, found[0]?.on[0] ?? null);
    else show(now.document, now.document.on.includes(now.cut) ? now.cut : now.document.on[0] ?? null);
    paintList();
  }

  // ------------------------------------------------------------- the list: only the rows that are seen
  function paintList() {
    const list = at("list"), rows = at("rows");
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const last = Math.min(found.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
    const focused = rows.contains(document.activeElement) ? document.activeElement.dataset.index : null;
    rows.style.transform = `translateY(${first * ROW}px)`;
    rows.replaceChildren(...found.slice(first, last).map((d) => {
      const item = make("li"), button = make("button");
      item.setAttribute("aria-setsize", found.length);
      item.setAttribute("aria-posinset", d.place + 1);
      button.type = "button";
      button.dataset.index = d.index;
      if (d === now.document) button.setAttribute("aria-current", "true");
      const title = make("b", "", d.title || d.source);
      title.lang = "zh";
      const line = make("span"), answered = d.cuts.filter(answerOf).length;
      line.append(make("i", "", d.host), make("i", "", `${plural(d.cuts.length, "cut")}${answered ? `, ${answered} ✓` : ""}${d.missing ? ", incomplete" : ""}`));
      button.append(title, line);
      item.append(button);
      return item;
    }));
    if (focused !== null) rows.querySelector(`[data-index="${focused}"]`)?.focus({ preventScroll: true });
  }
  function intoView(d) {
    const list = at("list"), top = d.place * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  }

  // ------------------------------------------------------------- one document
  const now = { document: null, cut: null };
  function show(d, cut) {
    const other = d !== now.document;
    now.document = d;
    now.cut = cut;
    at("doc").hidden = !d;
    if (!d) { paintAbout(); return; }
    if (other) {
      at("title").textContent = d.title || "no title";
      at("source").textContent = d.missing ? `${d.source} · text is missing (${d.missing})` : d.source;
      paintText(d);
      for (const pane of document.querySelectorAll(".pane")) pane.scrollTop = 0;
      paintMissed();
    }
    if (found[d.place] === d) intoView(d);
    paintList();
    paintCuts();
    paintAbout();
    if (cut) at("raw").querySelector(".now")?.scrollIntoView({ block: "center" });
  }
  function paintText(d) {
    let at_cut = 0;
    at("raw").replaceChildren(...d.pieces.map((piece) => {
      if (typeof piece === "string") return document.createTextNode(piece);
      if (typeof piece === "number") return make("span", "gap", `… ${number(piece)} characters that stayed …`);
      const cut = d.cuts[at_cut++];
      const made = make("del", `cut ${LOOK[cut.rule.kind] ?? "else"}`);
      made.dataset.cut = cut.at;
      made.append(make("span", "tag", data.kinds[cut.rule.kind] ?? cut.rule.kind), cut.text);
      return made;
    }));
    at("clean").replaceChildren(...d.clean.map((piece) => typeof piece === "string" ? document.createTextNode(piece) : make("span", "gap", `… ${number(piece)} characters …`)));
  }
  function paintCuts() {
    for (const made of at("raw").querySelectorAll(".cut")) {
      const cut = now.document.cuts[made.dataset.cut], verdict = answerOf(cut)?.verdict;
      made.classList.toggle("now", cut === now.cut);
      made.classList.toggle("off", !now.document.on.includes(cut) && cut !== now.cut);
      made.classList.toggle("right", verdict === "right");
      made.classList.toggle("wrong", verdict === "wrong");
    }
  }
  function paintAbout() {
    const cut = now.cut, rule = at("about-rule"), why = at("about-why");
    for (const id of ["yes", "no"]) at(id).disabled = !cut;
    rule.replaceChildren();
    why.replaceChildren();
    if (!cut) {
      rule.textContent = now.document ? "Nothing was cut here" : "Nothing to show";
      return;
    }
    const verdict = answerOf(cut)?.verdict;
    rule.append(cut.rule.id, make("span", "", ` · ${data.kinds[cut.rule.kind] ?? ""} ${cut.rule.kind.replaceAll("_", " ")} · ${plural(cut.length, "character")}${verdict ? ` · you said ${verdict}` : ""}`));
    const words = make("span", "", cut.rule.why);
    words.lang = "zh";
    why.append(words);
    if (cut.margin !== null) why.append(` margin ${cut.margin.toFixed(1)}: ${cut.because}`);
  }
  function paintMissed() {
    const mine = [...answers.values()].filter((a) => a.verdict === "noise" && a.document === now.document?.id);
    at("missed").hidden = !mine.length;
    at("missed-list").replaceChildren(...mine.map((a) => make("li", "", a.text)));
  }
  function paintAnswers() {
    const all = [...answers.values()], wrong = all.filter((a) => a.verdict === "wrong").length;
    at("done").textContent = all.length ? `${plural(all.length, "answer")}, ${number(wrong)} wrong` : "no answers yet";
    at("save").disabled = !all.length;
    if (now.document) { paintCuts(); paintAbout(); paintMissed(); paintList(); }
  }

  // ------------------------------------------------------------- what people do
  let speaking;
  function say(text) {
    at("status").textContent = text;
    at("toast").textContent = text;
    at("toast").hidden = false;
    clearTimeout(speaking);
    speaking = setTimeout(() => { at("toast").hidden = true; }, 2500);
  }
  function tell(cut) {
    at("status").textContent = `${cut.rule.id}, ${data.kinds[cut.rule.kind] ?? cut.rule.kind}: ${cut.text.slice(0, 80)}`;
  }
  function go(step) {
    if (!shown.length) return say("No cut meets the filter.");
    let index = shown.indexOf(now.cut);
    if (index < 0) {
      // From a document without such a cut on to the next one with one.
      const place = now.document?.place ?? -1;
      index = shown.findIndex((c) => c.document.place > place);
      if (index < 0) index = shown.length;
      if (step > 0) index -= 1;
    }
    const cut = shown[index + step];
    if (!cut) return say(step > 0 ? "That was the last cut." : "That was the first cut.");
    show(cut.document, cut);
    tell(cut);
  }
  function goDocument(step) {
    const d = found[(now.document?.place ?? -1) + step];
    if (d) { show(d, d.on[0] ?? null); if (d.on[0]) tell(d.on[0]); else at("status").textContent = d.title || d.source; }
  }
  function verdict(value) {
    const cut = now.cut;
    if (!cut) return;
    answer({ document: cut.document.id, rule: cut.rule.id, start: cut.start, end: cut.start + cut.length, verdict: value, text: cut.text.slice(0, 200) });
    const index = shown.indexOf(cut);
    if (index + 1 < shown.length) go(1); else say(`Saved: ${value}. That was the last cut.`);
  }
  function markNoise() {
    const chosen = getSelection(), text = chosen.toString().trim();
    const inside = chosen.rangeCount && (at("raw").contains(chosen.anchorNode) || at("clean").contains(chosen.anchorNode));
    if (!now.document) return;
    if (text && inside) {
      if (isNoise(text)) chosen.removeAllRanges();
      return;
    }
    at("noise-text").value = "";
    at("noise").returnValue = "";
    at("noise").showModal();
    at("noise-text").focus();
  }
  function isNoise(text) {
    if (text.length > 500 || text.includes("\n")) { say("That is long: one line or less."); return false; }
    const there = [...now.document.pieces, ...now.document.clean].some((piece) => typeof piece === "string" && piece.includes(text));
    if (!there) { say("The text that stayed has no such words."); return false; }
    answer({ document: now.document.id, verdict: "noise", text });
    say("Marked as noise.");
    return true;
  }
  at("noise").addEventListener("close", () => {
    const text = at("noise-text").value.trim();
    if (at("noise").returnValue === "mark" && text) isNoise(text);
  });
  function look(view) {
    at("doc").dataset.view = view;
    for (const button of document.querySelectorAll(".views button")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  function download() {
    const lines = [...answers.values()].map((a) => JSON.stringify(a)).join("\n") + "\n";
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([lines], { type: "application/jsonl" }));
    link.download = "answers.jsonl";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`answers.jsonl: ${plural(answers.size, "answer")}`);
  }

  const KEYS = {
    j: () => go(1), k: () => go(-1), J: () => goDocument(1), K: () => goDocument(-1),
    y: () => verdict("right"), n: () => verdict("wrong"), u: takeBack, m: markNoise,
    c: () => look(at("doc").dataset.view === "raw" ? "clean" : "raw"),
    "/": () => at("search").focus(), "?": () => at("help").showModal(),
  };
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return; // it has keys of its own
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && typing) return event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at("list").contains(event.target) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      goDocument(event.key === "ArrowDown" ? 1 : -1);
      return at("rows").querySelector("[aria-current]")?.focus({ preventScroll: true });
    }
    const does = KEYS[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  const clicks = { previous: KEYS.k, next: KEYS.j, yes: KEYS.y, no: KEYS.n, undo: KEYS.u, mark: KEYS.m, save: download, "help-open": KEYS["?"] };
  for (const [id, does] of Object.entries(clicks)) at(id).addEventListener("click", does);
  at("mark").addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  at("raw").addEventListener("click", (event) => {
    const made = event.target.closest(".cut");
    if (made && !getSelection().toString()) { const cut = now.document.cuts[made.dataset.cut]; show(now.document, cut); tell(cut); }
  });
  at("rows").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) { const d = documents[button.dataset.index]; show(d, d.on[0] ?? null); }
  });
  for (const button of document.querySelectorAll(".views button")) button.addEventListener("click", () => look(button.dataset.view));
  let waiting = false;
  at("list").addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; paintList(); });
  }, { passive: true });
  const [rawPane, cleanPane] = document.querySelectorAll(".pane");
  rawPane.addEventListener("scroll", () => { // the clean text beside it follows
    const room = rawPane.scrollHeight - rawPane.clientHeight;
    if (room > 0) cleanPane.scrollTop = (rawPane.scrollTop / room) * (cleanPane.scrollHeight - cleanPane.clientHeight);
  }, { passive: true });
  addEventListener("resize", paintList);
  let typed;
  at("search").addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(refilter, 120); });
  for (const name of ["rule", "kind", "host", "certainty", "state"]) at(name).addEventListener("change", refilter);
  at("filters").addEventListener("submit", (event) => { event.preventDefault(); refilter(); });

  // ------------------------------------------------------------- begin
  function options(id, names, label) {
    const counts = new Map();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    at(id).append(...sorted.map(([name, count]) => {
      const option = make("option", "", `${label(name)} (${number(count)})`);
      option.value = name;
      return option;
    }));
  }
  const cuts = documents.flatMap((d) => d.cuts);
  options("rule", cuts.map((c) => c.rule.id), (name) => name);
  options("kind", cuts.map((c) => c.rule.kind), (name) => `${data.kinds[name] ?? ""} ${name.replaceAll("_", " ")}`);
  options("host", documents.map((d) => d.host), (name) => name);
  at("shown").textContent = data.total > documents.length ? `${number(documents.length)} of ${plural(data.total, "document")}, ${plural(cuts.length, "cut")}` : `${plural(documents.length, "document")}, ${plural(cuts.length, "cut")}`;
  at("help-answers").textContent = data.serve
    ? "Answers are saved as you give them. zhengben review says how to make a rule pack of them when it ends."
    : "Answers are kept in this browser. Download them, and zhengben review DATASET --apply answers.jsonl --out mine.toml makes a rule pack of them.";
  if (data.serve) at("save").hidden = true;
  refilter();
  paintAnswers();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
