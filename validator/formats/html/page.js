
"use strict";

// Filters the findings that stand in the page, and groups them by rule instead of by file.
// What it puts into the page is elements and text, never mark-up.
(() => {
  const SEVERITIES = ["error", "warning", "info"];
  const PAUSE = 120; // milliseconds without a key, after which the text is taken to be typed
  const HEIGHT = 12; // of a finding, in the size of a letter, until it comes into sight

  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const spelled = (number) => number.toLocaleString("en");
  const counted = (number, noun) => `${spelled(number)} ${noun}${number === 1 ? "" : "s"}`;
  const plain = (text) => text.toLowerCase().replaceAll("`", "");
  const add = (tally, key) => tally.set(key, (tally.get(key) ?? 0) + 1);

  function made(tag, text = "", className = "") {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = className;
    return element;
  }

  function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  // What stands in the page.

  const list = one("#findings");
  const suppressed = one("#suppressed");
  const fileNames = new Map(all("[data-file]").map((holder) => [holder.dataset.file, one("h2, h3", holder).textContent]));

  const findings = all("article").map((article) => ({
    article,
    file: article.parentNode.dataset.file,
    rule: one(".rule", article).textContent,
    severity: SEVERITIES.find((severity) => article.classList.contains(severity)),
    isReported: article.id !== "",
    line: one(".place", article).textContent,
    isShown: true,
    text: undefined, // all that is said, once somebody looks for something
  }));
  const reported = findings.filter((finding) => finding.isReported);
  if (reported.length === 0) return;

  const group = (details, members) => ({ details, members, counts: one(".counts", details) });
  const byFile = membersBy("file");
  const fileGroups = all("details[data-file]", list).map((details) => group(details, byFile.get(details.dataset.file)));
  let ruleGroups; // made when they are wanted
  let groups = fileGroups;

  function membersBy(kind) {
    const members = new Map();
    for (const finding of reported) {
      if (!members.has(finding[kind])) members.set(finding[kind], []);
      members.get(finding[kind]).push(finding);
    }
    return members;
  }

  // The controls.

  const text = one("#text");
  const rule = one("#rule");
  const file = one("#file");
  const boxes = SEVERITIES.filter((name) => findings.some(({ severity }) => severity === name)).map(checkbox);

  function checkbox(severity) {
    const label = made("label", "", severity);
    const box = made("input");
    box.type = "checkbox";
    box.value = severity;
    box.checked = true;
    box.autocomplete = "off";
    label.append(box, made("span"));
    one("#severities").append(label);
    return box;
  }

  function option(select, value, label) {
    const item = made("option");
    item.value = value;
    item.dataset.label = label;
    select.append(item);
  }

  function fillSelects() {
    option(rule, "", "all rules");
    const rules = [...new Set(reported.map((finding) => finding.rule))].sort();
    let area = null;
    for (const name of rules) {
      const start = name.slice(0, name.indexOf("/") + 1);
      if (area?.dataset.area !== start) {
        area = made("optgroup");
        area.label = start.slice(0, -1);
        area.dataset.area = start;
        rule.append(area);
        option(area, start, `all of ${area.label}`);
      }
      option(area, name, name);
    }
    option(file, "", "all files");
    for (const { details } of fileGroups) option(file, details.dataset.file, fileNames.get(details.dataset.file));
  }

  // Filtering.

  function holds(finding, words) {
    finding.text ??= plain(`${fileNames.get(finding.file)} ${finding.article.textContent}`);
    return words.every((word) => finding.text.includes(word));
  }

  const isOf = (finding, name) => (name.endsWith("/") ? finding.rule.startsWith(name) : finding.rule === name);

  function filter() {
    const words = plain(text.value).split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    // A severity, a rule or a file is counted with all filters but the one of its own kind: what choosing it would give.
    const counts = { severity: new Map(), rule: new Map(), file: new Map() };
    for (const finding of findings) {
      const against = [];
      if (!severities.has(finding.severity)) against.push("severity");
      if (rule.value && !isOf(finding, rule.value)) against.push("rule");
      if (file.value && finding.file !== file.value) against.push("file");
      if (words.length > 0 && !holds(finding, words)) against.push("text");
      if (finding.isShown !== (against.length === 0)) {
        finding.isShown = !finding.isShown;
        finding.article.hidden = !finding.isShown;
      }
      for (const kind of finding.isReported && against.length < 2 ? Object.keys(counts) : []) {
        if (against.every((other) => other === kind)) add(counts[kind], finding[kind]);
      }
    }
    sayCounts(counts);
    for (const each of groups) sayGroup(each);
    saySuppressed();
    const shown = reported.filter((finding) => finding.isShown).length;
    const of = shown < reported.length ? `${spelled(shown)} of ` : "";
    say(one("#count"), `${of}${counted(reported.length, "finding")}`);
    one("#nothing").hidden = shown > 0;
  }

  function sayCounts(counts) {
    for (const box of boxes) say(box.nextElementSibling, counted(counts.severity.get(box.value) ?? 0, box.value));
    const sum = (tally, has) => [...tally].reduce((total, [key, number]) => (has(key) ? total + number : total), 0);
    for (const item of rule.querySelectorAll("option")) {
      const number = sum(counts.rule, (name) => item.value === "" || isOf({ rule: name }, item.value));
      say(item, `${item.dataset.label} (${spelled(number)})`);
    }
    const everywhere = sum(counts.file, () => true);
    for (const item of file.options) {
      const number = item.value === "" ? everywhere : (counts.file.get(item.value) ?? 0);
      say(item, `${item.dataset.label} (${spelled(number)})`);
    }
  }

  function sayGroup({ details, members, counts }) {
    const shown = members.filter((finding) => finding.isShown);
    const found = new Map();
    for (const finding of shown) add(found, finding.severity);
    details.hidden = shown.length === 0;
    details.style.containIntrinsicBlockSize = `${shown.length * HEIGHT}rem`;
    const parts = SEVERITIES.filter((severity) => found.has(severity)).flatMap((severity) => [
      made("span", counted(found.get(severity), severity), `number ${severity}`),
      " ",
    ]);
    counts.replaceChildren(...parts);
  }

  function saySuppressed() {
    if (suppressed === null) return;
    const there = findings.filter((finding) => !finding.isReported);
    const shown = there.filter((finding) => finding.isShown).length;
    const of = shown < there.length ? `${spelled(shown)} of ` : "";
    say(one(".counts", suppressed), of + spelled(there.length));
    for (const section of all("section", suppressed)) section.hidden = one("article:not([hidden])", section) === null;
  }

  function reset() {
    text.value = rule.value = file.value = "";
    for (const box of boxes) box.checked = true;
    filter();
  }

  // Grouping.

  function makeRuleGroups() {
    const members = membersBy("rule");
    return all("#rules tbody tr") // the worst rules come first there
      .filter((row) => members.has(one(".rule", row).textContent))
      .map((row) => {
        const name = one(".rule", row).textContent;
        const details = made("details", "", "group");
        details.open = true;
        const summary = made("summary");
        summary.append(made("h2", name), " ", made("span", "", "counts"));
        const about = made("p", "", "about");
        about.append(...one(".summary", row).cloneNode(true).childNodes);
        details.append(summary, about);
        return group(details, members.get(name));
      });
  }

  function regroup(isByRule) {
    ruleGroups ??= makeRuleGroups();
    groups = isByRule ? ruleGroups : fileGroups;
    list.replaceChildren();
    list.classList.toggle("by-rule", isByRule);
    for (const { details, members } of groups) {
      for (const finding of members) {
        const name = fileNames.get(finding.file);
        const isLine = /^\d/.test(finding.line);
        const whole = isLine ? `${name}:${finding.line}` : name;
        say(one(".place", finding.article), isByRule ? whole : finding.line);
        details.append(finding.article);
      }
    }
    list.append(...groups.map(({ details }) => details));
    filter();
    sayFold();
  }

  const isAnyOpen = () => groups.some(({ details }) => details.open && !details.hidden);

  function sayFold() {
    say(one("#fold"), isAnyOpen() ? "Fold all" : "Unfold all");
  }

  function fold() {
    const isOpen = isAnyOpen();
    for (const { details } of groups) details.open = !isOpen;
    sayFold();
  }

  // Going from one finding to another.

  let current = null;

  function step(by) {
    const shown = groups.flatMap(({ members }) => members).filter((finding) => finding.isShown);
    const next = shown.indexOf(current) + by;
    if (shown.length > 0) show(shown[Math.min(Math.max(next, 0), shown.length - 1)]);
  }

  function show(finding) {
    current = finding;
    finding.article.closest("details").open = true;
    finding.article.tabIndex = -1;
    finding.article.focus({ preventScroll: true });
    finding.article.scrollIntoView({ block: "nearest" });
  }

  function showTarget() {
    const finding = reported.find(({ article }) => `#${article.id}` === location.hash);
    if (finding === undefined) return;
    if (!finding.isShown) reset();
    show(finding);
  }

  // What is typed and clicked.

  const keys = {
    "/": () => text.focus(),
    j: () => step(1),
    k: () => step(-1),
    g: () => one("#grouping input:not(:checked)").click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.target === text && event.key === "Escape") {
      text.value = "";
      filter();
    }
    const isTyping = event.target.matches("input[type=search], select");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  let pause;
  let frame;
  text.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(filter, PAUSE);
  });
  for (const control of [rule, file, one("#severities")]) control.addEventListener("change", filter);
  one("#grouping").addEventListener("change", (event) => regroup(event.target.value === "rule"));
  one("#fold").addEventListener("click", fold);
  one("#reset").addEventListener("click", reset);
  list.addEventListener(
    "toggle",
    () => {
      cancelAnimationFrame(frame); // once for all groups that are folded together
      frame = requestAnimationFrame(sayFold);
    },
    { capture: true },
  );
  addEventListener("hashchange", showTarget);
  one("#rules").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link === null) return;
    reset();
    rule.value = link.textContent;
    filter();
  });

  fillSelects();
  filter();
  one("#filters").hidden = false;
  showTarget();
})();
