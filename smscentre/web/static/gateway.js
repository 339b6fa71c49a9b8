/* Keeps the gateway's page up to date by a stream: only rows that differ are replaced,
   so that nothing flickers and the reader keeps the place. */
"use strict";
(() => {
  const address = document.currentScript.dataset.stream;
  const offline = document.getElementById("offline");
  const silence = 12000;
  const again = 5000;
  let watch;

  /* A row by its key; what has none, by its place. */
  function keyed(rows) {
    return new Map([...rows].map((row, at) => [row.dataset.key ?? `#${at}`, row]));
  }

  function place(box, html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (!fresh.content.firstElementChild?.dataset.key) {
      if (box.innerHTML !== html) box.innerHTML = html;
      return;
    }
    const old = keyed(box.children);
    let last = null;
    for (const row of [...fresh.content.children]) {
      const known = old.get(row.dataset.key);
      const kept = known?.isEqualNode(row) ? known : row;
      if (kept === row && known) known.replaceWith(row);
      const next = last ? last.nextElementSibling : box.firstElementChild;
      if (next !== kept) box.insertBefore(kept, next);
      old.delete(row.dataset.key);
      last = kept;
    }
    for (const gone of old.values()) gone.remove();
  }

  function heard() {
    offline.hidden = true;
    clearTimeout(watch);
    watch = setTimeout(() => { offline.hidden = false; }, silence);
  }

  function show(event) {
    const state = JSON.parse(event.data);
    document.title = state.title;
    for (const [name, html] of Object.entries(state.parts)) {
      const box = document.querySelector(`[data-live="${name}"]`);
      if (box) place(box, html);
    }
    heard();
  }

  /* A stream that was refused is not asked for again by itself: who has been logged
     out goes to the login, everything else is tried once more. */
  async function refused() {
    try {
      const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" });
      if (answer.redirected) return location.reload();
    } catch { /* Still away. */ }
    setTimeout(listen, again);
  }

  function listen() {
    const stream = new EventSource(address);
    stream.addEventListener("keadaan", show);
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) refused();
    };
  }

  heard();
  listen();
})();
