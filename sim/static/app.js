// The web phone: shows the state the network sends and sends back what the
// person does. It knows labels only; no number ever reaches this page.
"use strict";

const byId = (id) => document.getElementById(id);
const phones = { caller: new Phone("caller"), responder: new Phone("responder") };
let taken = -1;

function Phone(name) {
  const root = byId(name);
  this.name = name;
  this.root = root;
  this.part = (what) => root.querySelector("[data-" + what + "]");
  this.sid = "";
  this.shown = -1; // the last moment shown
  for (const key of "123456789*0#") {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.setAttribute("aria-label", { "*": "star", "#": "hash" }[key] || key);
    button.addEventListener("click", () => act({ do: "press", phone: name, keys: key }));
    this.part("keys").append(button);
  }
  this.part("hangup").addEventListener("click", () => act({ do: "hangup", phone: name }));
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "SELECT") return;
    if (!this.part("up").hidden && /^[0-9*#]$/.test(event.key)) {
      event.preventDefault();
      act({ do: "press", phone: name, keys: event.key });
    }
  });
}

// show brings one phone up to date. Captions are only ever added to, so that a
// screen reader says each once.
Phone.prototype.show = function (leg, idle) {
  const captions = this.part("captions");
  this.root.classList.toggle("rings", Boolean(leg && leg.rings));
  this.part("up").hidden = !leg || leg.over || leg.rings;
  this.part("state").textContent = leg ? describe(leg) : idle;
  if (!leg) return;
  if (leg.sid !== this.sid) {
    this.sid = leg.sid;
    this.shown = -1;
    captions.replaceChildren();
    if (window.speechSynthesis) speechSynthesis.cancel();
  }
  for (const moment of leg.moments) {
    if (moment.n <= this.shown) continue;
    this.shown = moment.n;
    const line = caption(moment);
    if (line) captions.append(line);
    if (moment.kind === "heard") this.speak(moment.text);
    if (moment.kind === "ended" && window.speechSynthesis) speechSynthesis.cancel();
  }
  captions.scrollTop = captions.scrollHeight;
};

Phone.prototype.speak = function (text) {
  if (!this.part("speak").checked || !window.speechSynthesis || text.startsWith("(")) return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = "en-GB";
  speechSynthesis.speak(words);
};

function describe(leg) {
  const line = leg.line ? " · " + leg.line : "";
  if (leg.over) return "The call has ended" + line;
  if (leg.rings) return "Your phone rings" + line;
  if (leg.bridged.length) return "You are talking to " + leg.bridged.join(" and ") + line;
  return { "hears the line": "You hear the line", waits: "You are waiting for a person", "being connected": "You are being connected" }[leg.status] + line;
}

function caption(moment) {
  const words = {
    dialled: "You dial the line.", rang: "The phone rings.", answered: "The call is answered.", queued: "You are in the queue.",
    joined: "You hear each other: " + moment.text + ".", alone: "The other side has gone.", ended: "The call is over.",
  };
  const p = document.createElement("p");
  if (moment.kind === "heard") {
    p.className = "heard";
    p.textContent = moment.text;
  } else if (moment.kind === "pressed") {
    p.className = "pressed";
    p.textContent = "You press " + moment.text;
  } else {
    p.className = "note";
    p.textContent = words[moment.kind] || moment.text;
  }
  return p;
}

function options(select, labels, chosen) {
  if (select.options.length !== labels.length || labels.some((label, i) => select.options[i].textContent !== label)) {
    const before = select.value;
    select.replaceChildren(...labels.map((label, i) => new Option(label, String(i))));
    if (before) select.value = before;
  }
  if (chosen !== undefined && document.activeElement !== select) select.value = String(chosen);
}

function rows(legs) {
  const body = byId("legs");
  if (!legs.length) {
    const cell = document.createElement("td");
    cell.colSpan = 5;
    cell.textContent = "Nobody is on the telephone.";
    const row = document.createElement("tr");
    row.append(cell);
    body.replaceChildren(row);
    return;
  }
  body.replaceChildren(...legs.map((leg) => {
    const row = document.createElement("tr");
    for (const text of [leg.who, leg.where, leg.status, leg.with, leg.heard]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }));
}

function render(state) {
  taken = state.taken;
  options(byId("line"), state.lines || []);
  options(byId("who"), ["Nobody’s: leave them to the others", ...state.responders.map((r) => r.label + (r.state === "quiet" ? "" : " · " + r.state))], taken + 1);
  const calling = state.caller && !state.caller.over;
  phones.caller.part("idle").hidden = Boolean(calling);
  phones.caller.show(state.caller, "Not in a call.");
  phones.responder.show(state.responder, taken < 0 ? "Choose whose phone to hold." : "Quiet. It rings when the line asks for this person.");
  phones.responder.part("ringing").hidden = !(state.responder && state.responder.rings);
  rows(state.legs);
}

async function act(action) {
  const problem = byId("problem");
  try {
    const res = await fetch("act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(action) });
    problem.hidden = res.ok;
    if (!res.ok) problem.textContent = (await res.text()).trim();
  } catch {
    problem.hidden = false;
    problem.textContent = "The telephone network cannot be reached. Is the program still running?";
  }
}

byId("dial").addEventListener("click", () => act({ do: "dial", line: Number(byId("line").value), withheld: byId("withheld").checked }));
byId("answer").addEventListener("click", () => act({ do: "answer" }));
byId("reject").addEventListener("click", () => act({ do: "reject" }));
byId("who").addEventListener("change", (event) => {
  const index = Number(event.target.value) - 1;
  act(index < 0 ? { do: "release" } : { do: "take", index });
});

const events = new EventSource("events");
events.addEventListener("message", (event) => render(JSON.parse(event.data)));
events.addEventListener("error", () => {
  phones.caller.part("state").textContent = "Connecting…";
});
