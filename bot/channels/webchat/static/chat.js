/* The web chat. Plain ES2015, so that old phones run it as it is. What people and the server say is only ever set as text. */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const log = byId("log"), text = byId("text"), select = byId("language"), sure = byId("sure");
  const FORGET = "forget:yes", TOO_LONG_TO_WAIT = 20000, PAUSES = [1000, 2000, 4000, 8000, 15000];
  let page = JSON.parse(byId("page").textContent);
  let id = null;          // the conversation; known to this tab only
  let chosen = null;      // a language she chose that the server does not know yet
  let wanted = page.language;
  let queue = [];         // what she said and the server has not answered, oldest first
  let flight = null;      // the attempt under way
  let pause = null;       // the timer of the next attempt
  let limited = false, failures = 0, era = 0;
  let stream = null, streamFailures = 0;
  let seen = 0;           // highest sequence shown
  let shown = [];         // what is on the screen, so that a reply that comes both ways is shown once
  let held = [];          // came by the stream while an answer was under way

  // ---- this tab's memory ----

  function remember() {
    try {
      if (id) sessionStorage.setItem("chat", JSON.stringify([id, page.language]));
      else sessionStorage.removeItem("chat");
    } catch (e) { /* a browser without storage forgets on reload, no more */ }
  }

  function recall() {
    try { return JSON.parse(sessionStorage.getItem("chat")) || []; } catch (e) { return []; }
  }

  function random() {
    return Array.from(crypto.getRandomValues(new Uint8Array(24)), (b) => ("0" + b.toString(16)).slice(-2)).join("");
  }

  // ---- asking the server ----

  const open = new Set();

  function ask(method, url, body) {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      const end = (then) => () => { open.delete(request); then(); };
      request.open(method, url);
      request.timeout = TOO_LONG_TO_WAIT;
      request.onload = end(() => {
        let data = null;
        try { data = JSON.parse(request.responseText); } catch (e) { /* no JSON: the status says enough */ }
        done({ status: request.status, data: data, after: Number(request.getResponseHeader("Retry-After")) || 0 });
      });
      request.onerror = request.ontimeout = request.onabort = end(fail);
      if (body) request.setRequestHeader("Content-Type", "application/json");
      open.add(request);
      request.send(body ? JSON.stringify(body) : null);
    });
  }

  // ---- what she says ----

  function say(words, payload) {
    if (!id) id = random();
    const job = { line: hers(words), since: null, body: { conversation_id: id, message_id: random().slice(0, 32) } };
    job.body[payload ? "payload" : "text"] = payload || words;
    // A first tap has no words to tell the language from; the page's language stands in.
    const language = chosen || (payload && !seen && page.language);
    if (language) job.body.language = language;
    byId("starters").hidden = true;
    log.querySelectorAll(".buttons button").forEach((b) => { b.disabled = true; });
    remember();
    // Words may be a call for help, which the server never holds back: they do not wait behind what was too fast.
    if (limited && queue.length) queue.unshift(job); else queue.push(job);
    job.line.scrollIntoView();
    if (!flight) next();
  }

  function next() {
    clearTimeout(pause);
    pause = null;
    limited = false;
    const job = queue[0];
    if (!job || flight) return;
    const mine = era;
    if (job.since === null) job.since = seen;
    status("web_typing", "busy");
    const land = (then) => (result) => {
      flight = null;
      if (mine === era) then(result);
    };
    flight = ask("POST", "/api/v1/messages", job.body);
    flight.then(land((r) => landed(job, r)), land(() => again()));
  }

  function landed(job, result) {
    if (result.status === 200 && result.data) {
      failures = 0;
      queue = queue.filter((other) => other !== job);
      if (job.body.language === chosen) chosen = null;
      status("");
      answer(job, result.data);
      next();
    } else if (result.status === 429) {
      limited = true;
      status("web_wait");
      pause = setTimeout(next, Math.max(1, result.after) * 1000);
    } else if (result.status >= 500 || result.status === 200) {
      again(result.after);
    } else {
      queue = queue.filter((other) => other !== job);
      job.line.classList.add("unsent");
      log.querySelectorAll(".buttons button").forEach((b) => { b.disabled = false; });
      status("web_refused", "trouble");
      if (queue.length) next();
    }
  }

  function again(after) {
    status(navigator.onLine === false ? "web_offline" : "web_failed", "trouble");
    byId("numbers").open = true;
    letGo();
    pause = setTimeout(next, Math.max((after || 0) * 1000, PAUSES[Math.min(failures, PAUSES.length - 1)]));
    failures += 1;
  }

  // ---- what she is told ----

  function keyOf(message) {
    return JSON.stringify([message.kind, message.topic, message.text, message.buttons]);
  }

  function answer(job, turn) {
    const forgotten = job.body.payload === FORGET;
    if (forgotten) clear();
    removeButtons();
    let first = null;
    turn.messages.forEach((message) => {
      const key = keyOf(message);
      const there = shown.find((s) => s.key === key && s.exact > job.since && s.exact <= turn.sequence);
      if (there) return;
      shown.push({ key: key, low: job.since, high: turn.sequence, exact: null });
      const element = theirs(message, turn.language);
      first = first || element;
    });
    seen = Math.max(seen, turn.sequence);
    letGo();
    speak(turn.language);
    if (!forgotten) listen();
    if (first) (forgotten ? first : job.line).scrollIntoView();
    giveFocus(first);
  }

  function later(message) {
    const key = keyOf(message), at = message.sequence;
    const there = shown.find((s) => s.exact === at ||
      (s.exact === null && s.key === key && at > s.low && at <= s.high));
    seen = Math.max(seen, at);
    if (there) { there.exact = at; return; }
    const low = innerHeight + scrollY > document.documentElement.scrollHeight - 160;
    shown.push({ key: key, exact: at });
    if (message.buttons.length) removeButtons();
    const element = theirs(message, page.language);
    if (low) element.scrollIntoView();
  }

  function letGo() {
    const now = held;
    held = [];
    now.forEach(later);
  }

  function listen() {
    if (stream || !id || !window.EventSource) return;
    stream = new EventSource("/api/v1/stream?conversation_id=" + id + "&after=" + seen);
    stream.onopen = () => { streamFailures = 0; };
    stream.addEventListener("messages", (event) => {
      JSON.parse(event.data).messages.forEach((m) => { if (flight) held.push(m); else later(m); });
    });
    stream.onerror = () => {
      if (!stream || stream.readyState !== 2) return;  // else the browser connects again by itself
      stream = null;
      streamFailures += 1;
      setTimeout(listen, Math.min(60, 3 * streamFailures) * 1000);
    };
  }

  function restore() {
    const mine = era;
    ask("GET", "/api/v1/messages?conversation_id=" + id + "&after=" + seen).then((result) => {
      if (mine !== era) return;
      if (result.status === 200) {
        result.data.messages.forEach(later);
        if (result.data.messages.length >= 100) { restore(); return; }
        byId("starters").hidden = log.childElementCount > 0;
        if (log.lastElementChild) log.lastElementChild.scrollIntoView();
        listen();
      } else if (result.status === 404) {
        if (!queue.length) { id = null; remember(); }
      } else { setTimeout(restore, 5000); }
    }, () => setTimeout(restore, 5000));
  }

  // ---- drawing ----

  function make(tag, className, content, parent) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (content) element.textContent = content;
    if (parent) parent.appendChild(element);
    return element;
  }

  function word(key, value) {
    return page.words[key].replace(/\{\w+\}/, () => value);
  }

  function hers(words) {
    const line = make("div", "hers", "", log);
    make("span", "unseen", page.words.web_you + ": ", line);
    make("p", "", words, line);
    return line;
  }

  function theirs(message, language) {
    const box = make("div", "said " + message.kind, "");
    box.lang = language;
    box.tabIndex = -1;
    message.text.split(/\n\n+/).forEach((part) => make("p", "", part, box));
    // Only our own pictures and recordings: a page that asks another host gives her away.
    if (/^\/[^/]/.test(message.image || "")) { const image = make("img", "", "", box); image.alt = ""; image.src = message.image; }
    if (/^\/[^/]/.test(message.audio || "")) {
      const audio = make("audio", "", "", box);
      audio.controls = true;
      audio.preload = "none";
      audio.src = message.audio;
    }
    message.referrals.forEach((r) => card(r, box));
    if (message.referrals.length) box.classList.add("wide");
    if (message.buttons.length) buttons(message.buttons, make("div", "buttons", "", box));
    log.appendChild(box);
    return box;
  }

  function buttons(list, parent) {
    parent.textContent = "";
    list.forEach((b) => {
      const button = make("button", "", b.title, parent);
      button.type = "button";
      button.onclick = () => say(b.title, b.payload);
    });
  }

  function card(referral, box) {
    const element = make("div", "card", "", box);
    make("strong", "", referral.name, element);
    if (referral.number) call(referral, element);
    if (referral.hours) make("small", "", word("web_hours", referral.hours), element);
    const names = referral.languages.map((code) => {
      const option = select.querySelector('option[value="' + code + '"]');
      return option ? option.textContent : code;
    });
    if (names.length) make("small", "", word("web_languages", names.join(", ")), element);
    if (referral.note) make("small", "", referral.note, element);
    if (referral.abroad) make("a", "", word("web_abroad", referral.abroad), element).href = dial("tel:", referral.abroad);
    referral.links.filter((link) => /^https?:\/\//.test(link)).forEach((link) => {
      const a = make("a", "", link.replace(/^https?:\/\/(www\.)?|\/$/g, ""), element);
      a.href = link;
      a.target = "_blank";
      a.rel = "noopener noreferrer";
    });
  }

  function call(entry, parent) {
    const a = make("a", "call", word(entry.text_only ? "web_text_to" : "web_call", entry.number), parent);
    a.href = dial(entry.text_only ? "sms:" : "tel:", entry.number);
  }

  function dial(scheme, number) {
    return scheme + number.replace(/[^\d+*#]/g, "").replace(/#/g, "%23");
  }

  function removeButtons() {
    log.querySelectorAll(".buttons").forEach((element) => element.remove());
  }

  function status(key, className) {
    const element = byId("status");
    element.className = className || "";
    element.textContent = key ? page.words[key] : "";
  }

  function giveFocus(element) {
    // On a touch screen the input would bring up the keyboard over the answer, unless she is writing already.
    const touch = window.matchMedia && matchMedia("(pointer: coarse)").matches;
    if (!touch || document.activeElement === text) text.focus({ preventScroll: true });
    else if (element) element.focus({ preventScroll: true });
  }

  // ---- language ----

  function speak(language) {
    if (language === wanted) return;
    wanted = language;
    ask("GET", "/words?language=" + language).then((result) => {
      if (result.status === 200 && wanted === language) label(result.data);
    }, () => { wanted = page.language; });
  }

  function label(words) {
    page = words;
    const all = page.words;
    document.documentElement.lang = page.language;
    document.querySelectorAll("[data-word]").forEach((e) => { e.textContent = all[e.getAttribute("data-word")]; });
    log.setAttribute("aria-label", all.web_chat);
    text.placeholder = all.web_input;
    select.value = page.language;
    const list = document.querySelector("#numbers ul");
    list.textContent = "";
    page.numbers.forEach((entry) => {
      const item = make("li", "", "", list);
      make("span", "", entry.name, item);
      call(entry, item);
    });
    buttons(page.starters, byId("starters"));
    remember();
  }

  // ---- leaving and deleting ----

  function clear() {
    era += 1;
    clearTimeout(pause);
    queue = [];
    held = [];
    shown = [];
    seen = 0;
    failures = 0;
    if (stream) stream.close();
    stream = null;
    id = null;
    log.textContent = "";
    status("");
    remember();
  }

  function leave() {
    document.body.className = "gone";
    document.title = " ";
    const away = byId("exit").href;
    open.forEach((request) => { request.onabort = null; request.abort(); });
    clear();
    text.value = "";
    location.replace(away);
  }

  function forget() {
    const mine = id;
    sure.hidden = true;
    queue = [];
    clearTimeout(pause);
    era += 1;
    // What is under way must arrive first, or it would begin the conversation anew after the deletion.
    const settled = flight ? flight.then(() => 0, () => 0) : Promise.resolve();
    settled.then(() => (mine ? ask("DELETE", "/api/v1/conversations/" + mine) : { status: 204 })).then((result) => {
      if (result.status !== 204 && result.status !== 404) throw result;
      clear();
      theirs({ kind: "notice", text: page.words.forgotten, buttons: [], referrals: [] }, page.language);
      byId("starters").hidden = false;
      giveFocus(log.lastElementChild);
    }).catch(() => status("web_forget_failed", "trouble"));
  }

  // ---- hands on ----

  function submit() {
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    grow();
    say(words);
    text.focus({ preventScroll: true });
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = text.scrollHeight + 3 + "px";
  }

  byId("exit").onclick = (event) => { event.preventDefault(); leave(); };
  let escapes = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { escapes = []; return; }
    escapes = escapes.filter((at) => Date.now() - at < 2000).concat(Date.now());
    if (escapes.length >= 3) leave();
    else if (!sure.hidden) byId("sure-no").click();
  });
  byId("form").onsubmit = (event) => { event.preventDefault(); submit(); };
  text.onkeydown = (event) => {
    // Enter also ends a word in Chinese and Japanese keyboards; 229 is how older browsers say so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  };
  text.oninput = grow;
  select.onchange = () => { chosen = select.value; speak(chosen); };
  byId("forget").onclick = () => { sure.hidden = false; byId("sure-no").focus(); };
  byId("sure-no").onclick = () => { sure.hidden = true; byId("forget").focus(); };
  byId("sure-yes").onclick = forget;
  window.addEventListener("online", () => { if (pause && !limited) next(); });

  byId("form").hidden = byId("forget").hidden = select.disabled = false;
  select.value = page.language;
  buttons(page.starters, byId("starters"));
  const before = recall();
  if (before[0]) {
    id = before[0];
    byId("starters").hidden = true;
    speak(before[1]);
    restore();
  }
})();
