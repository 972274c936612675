// The playground's page. The server draws everything; this sends what a person
// does, and puts the parts of the page that have changed in place.

const here = document.body.dataset.here;

// --- what a person does ---------------------------------------------------

async function act(what, deed) {
  try {
    const answer = await fetch(`${here}/${what}${location.search}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(deed),
    });
    const { error } = answer.ok ? await answer.json() : { error: "The playground refused that." };
    if (error) tell(error);
    return !error;
  } catch {
    tell("The playground has stopped.");
    return false;
  } finally {
    refresh();
  }
}

let telling;

function tell(words) {
  const told = document.getElementById("told");
  if (!told) return;
  told.textContent = words;
  told.hidden = false;
  // The topmost dialog covers everything else on the page.
  (document.querySelector("dialog[open]") ?? document.body).append(told);
  clearTimeout(telling);
  telling = setTimeout(() => { told.hidden = true; }, 8000);
}

async function send(form) {
  const field = form.querySelector("textarea");
  const text = field.value;
  field.value = "";
  const sent = await act("send", { text, thread: form.dataset.thread ?? "" });
  if (!sent && field.value === "") field.value = text;
}

// ask shows a button's confirm dialog.
function ask(button) {
  const dialog = document.getElementById("confirm");
  const find = (id) => document.getElementById(`confirm-${id}`);
  for (const words of ["title", "text", "yes", "no"]) {
    find(words).textContent = button.dataset[`confirm${words[0].toUpperCase()}${words.slice(1)}`];
  }
  find("yes").className = button.dataset.confirmStyle === "danger" ? "bk-button bk-danger" : "bk-button bk-primary";
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = (yes) => { dialog.close(); resolve(yes); };
    find("yes").onclick = () => answer(true);
    find("no").onclick = () => answer(false);
    dialog.oncancel = () => resolve(false); // Escape
  });
}

async function press(button) {
  if (button.dataset.confirmTitle && !(await ask(button))) return;
  if (button.dataset.url) window.open(button.dataset.url, "_blank", "noopener,noreferrer");
  // With its block's id: the rows of a list have the same buttons.
  const action = `${button.dataset.block}/${button.dataset.action}`;
  const form = button.closest("[data-form]");
  if (form) return act("form", { do: "press", action, values: changed(form) });
  if (button.closest("[data-home]")) return act("home", { action });
  return act("press", { ts: button.closest("[data-ts]").dataset.ts, action });
}

// --- fields of a form -----------------------------------------------------

function fields(form) {
  const names = new Set([...form.querySelectorAll("[name]")].map((el) => el.name));
  return new Map([...names].map((name) => [name, [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]]));
}

// value of a field: as it is now, or as the server drew it.
function value(controls, drawn) {
  const [first] = controls;
  const on = (el) => (drawn ? el.defaultChecked ?? el.defaultSelected : el.checked ?? el.selected);
  if (first.type === "radio") return controls.find(on)?.value ?? "";
  if (first.type === "checkbox") return controls.filter(on).map((el) => el.value);
  if (first.tagName === "SELECT") {
    const chosen = [...first.options].filter(on).map((el) => el.value);
    return first.multiple ? chosen : chosen[0] ?? "";
  }
  return drawn ? first.defaultValue : first.value;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// changed are the fields that hold something else than the server knows of.
function changed(form) {
  const values = {};
  for (const [name, controls] of fields(form)) {
    const now = value(controls, false);
    if (!same(now, value(controls, true))) values[name] = now;
  }
  return values;
}

// enter puts a value into a field.
function enter(controls, entered) {
  for (const el of controls) {
    if (el.type === "checkbox") el.checked = entered.includes(el.value);
    else if (el.type === "radio") el.checked = el.value === entered;
    else if (el.multiple) for (const o of el.options) o.selected = entered.includes(o.value);
    else el.value = entered;
  }
}

// --- what has changed on the page -----------------------------------------

const drawn = new Map(); // what the server drew last, by part

function parts(doc) {
  return [...doc.querySelectorAll("[data-part]")].map((el) => [el.dataset.part, el]);
}

let refreshing, again;
let held = false; // a pointer is down: what is under it must not be replaced

async function refresh() {
  if (refreshing || held) { again = true; return; }
  refreshing = true;
  try {
    do {
      again = false;
      const answer = await fetch(location.href);
      const html = await answer.text();
      if (held) { again = true; break; }
      if (!answer.ok) break;
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const [name, part] of parts(fresh)) update(name, part);
      document.body.dataset.fresh = "yes";
    } while (again);
  } catch {
    tell("The playground has stopped.");
  } finally {
    refreshing = false;
  }
}

function update(name, fresh) {
  const old = document.querySelector(`[data-part="${name}"]`);
  if (!old || drawn.get(name) === fresh.innerHTML) return;
  drawn.set(name, fresh.innerHTML);
  if (old.dataset.append !== undefined) return append(old, fresh);
  const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 80;
  const focus = old.contains(document.activeElement) ? mark(document.activeElement) : null;
  const typed = unsent(old);
  old.innerHTML = fresh.innerHTML;
  old.hidden = fresh.hidden;
  restore(old, typed);
  show(old);
  if (focus) [...old.querySelectorAll(focus.selector)][focus.index]?.focus();
  if (atEnd) old.scrollTop = old.scrollHeight;
}

// append adds rows and keeps those that are unfolded.
function append(old, fresh) {
  const last = old.lastElementChild;
  const atEnd = !last || last.getBoundingClientRect().top < window.innerHeight + 80;
  for (const row of [...fresh.children]) if (!document.getElementById(row.id)) old.append(row);
  if (atEnd) old.lastElementChild?.scrollIntoView();
}

// mark says which element has the focus, in words that hold after a change.
function mark(el) {
  let selector = el.tagName;
  for (const name of ["name", "data-block", "data-action", "data-shortcut", "data-switch", "data-to", "href", "aria-label", "type"]) {
    if (el.hasAttribute(name)) selector += `[${name}="${CSS.escape(el.getAttribute(name))}"]`;
  }
  const part = el.closest("[data-part]");
  return { selector, index: [...part.querySelectorAll(selector)].indexOf(el) };
}

// unsent is what was typed and not sent, with what the server had drawn there.
function unsent(part) {
  const form = part.querySelector("form");
  if (!form) return [];
  return [...fields(form)].map(([name, controls]) => ({ name, was: value(controls, true), is: value(controls, false) }))
    .concat([...form.querySelectorAll("textarea:not([name])")].map((el) => ({ id: el.id, was: "", is: el.value })));
}

// restore puts back what was typed where the server has nothing newer.
function restore(part, typed) {
  const form = part.querySelector("form");
  if (!form) return;
  const now = fields(form);
  for (const { id, name, was, is } of typed) {
    const controls = id ? [document.getElementById(id)].filter(Boolean) : now.get(name);
    if (controls?.length && !same(was, is) && same(was, value(controls, true))) enter(controls, is);
  }
}

// show opens a form as a dialog.
function show(part) {
  const dialog = part.querySelector("dialog.view");
  if (!dialog) return;
  dialog.setAttribute("aria-label", dialog.querySelector(".bk-title").textContent);
  dialog.addEventListener("cancel", (e) => { e.preventDefault(); act("form", { do: "close" }); });
  dialog.showModal();
  const first = dialog.querySelector("[aria-invalid]:not(div), [aria-invalid] input") ?? dialog.querySelector("[data-focus]");
  first?.focus();
  if (first?.matches("textarea, [type=text]")) first.setSelectionRange(first.value.length, first.value.length);
}

// --- listening ------------------------------------------------------------

document.addEventListener("submit", (e) => {
  e.preventDefault();
  const form = e.target;
  if (form.dataset.send !== undefined) send(form);
  if (form.dataset.form === undefined) return;
  const button = form.querySelector("[type=submit]");
  button.disabled = true; // until Slack has an answer
  act("form", { do: "submit", values: changed(form) }).finally(() => { button.disabled = false; });
});

document.addEventListener("click", async (e) => {
  const target = e.target.closest("button");
  document.querySelectorAll("details.menu[open]").forEach((m) => { if (!m.contains(e.target) || target) m.open = false; });
  if (!target) return;
  const { action, shortcut, close, switch: name, to } = target.dataset;
  const ts = target.closest("[data-ts]")?.dataset.ts ?? "";
  if (action !== undefined) press(target);
  else if (shortcut) act("shortcut", { shortcut, ts });
  else if (target.dataset.delete !== undefined) act("delete", { ts });
  else if (close) act("form", { do: "close" });
  else if (name) turn(name, to);
});

document.addEventListener("pointerdown", () => { held = true; }, true);
for (const up of ["pointerup", "pointercancel", "dragend", "blur"]) {
  // The click comes after this, and before the next task.
  window.addEventListener(up, () => setTimeout(() => { held = false; if (again) refresh(); }), true);
}

document.addEventListener("change", (e) => {
  const el = e.target;
  if (el.dataset.switch) turn(el.dataset.switch, el.value);
  if (el.dataset.language !== undefined) act("language", { locale: el.value });
  const form = el.closest("[data-form]");
  if (!form || !el.closest("[data-dispatch]")) return;
  act("form", { do: "choose", field: el.name, values: changed(form) });
});

// Enter sends, with Shift it is a line break. The break is what is caught: it
// comes with every keyboard, whereas the key's own event may not prevent it.
let shift = false;

document.addEventListener("keydown", (e) => {
  shift = e.shiftKey;
  if (e.target.matches?.("[role=tab]")) turnTab(e);
  if (e.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((m) => { m.open = false; });
});

document.addEventListener("beforeinput", (e) => {
  const form = e.target.closest?.("[data-send]");
  if (!form || e.inputType !== "insertLineBreak" || shift) return;
  e.preventDefault();
  form.requestSubmit();
});

// Keys among tabs: arrows, Home and End move the focus; Enter and Space open.
function turnTab(e) {
  const tabs = [...e.target.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  const at = tabs.indexOf(e.target);
  const to = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at + tabs.length - 1) % tabs.length, Home: 0, End: tabs.length - 1 }[e.key];
  if (to === undefined && e.key !== " ") return;
  e.preventDefault();
  if (to === undefined) e.target.click(); else tabs[to].focus();
}

document.querySelector("[data-inspector]")?.addEventListener("toggle", (e) => {
  const frame = e.target.querySelector("iframe");
  if (e.target.open && !frame.src) frame.src = frame.dataset.src;
});

async function turn(name, to) {
  await fetch("/trouble", { method: "POST", body: new URLSearchParams({ switch: name, to }) });
  refresh();
}

for (const [name, part] of parts(document)) {
  drawn.set(name, part.innerHTML);
  show(part);
}
const messages = document.querySelector(".channel .messages");
if (messages) messages.scrollTop = messages.scrollHeight;
document.querySelector("[data-append]")?.lastElementChild?.scrollIntoView();
const events = new EventSource("/events");
events.onmessage = refresh;
if (document.body.dataset.app !== undefined) act("open", {});
