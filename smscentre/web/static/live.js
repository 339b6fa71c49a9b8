/* Puts the newest state of the page in place, without losing the reader's place. */
"use strict";
(() => {
  const period = Number(document.currentScript.dataset.refreshS) * 1000;
  const offline = document.getElementById("offline");
  let running = false;

  async function refresh() {
    if (document.hidden || running) return;
    running = true;
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      if (response.redirected) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
      offline.hidden = true;
    } catch {
      offline.hidden = false;
    } finally {
      running = false;
    }
  }

  setInterval(refresh, period);
  document.addEventListener("visibilitychange", refresh);
})();
