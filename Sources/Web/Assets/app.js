// Small, independent enhancements, each bound by a data attribute and harmless when absent. Pages work without all of them.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // data-shortcut="/": a key that focuses the element.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const target = all("[data-shortcut]").find((element) => element.dataset.shortcut === event.key);
    if (target) {
      event.preventDefault();
      target.focus();
    }
  });

  // data-item: j and k move, Enter opens, x selects.
  let current = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const items = all("[data-item]");
    if (items.length === 0) return;
    if (event.key === "j" || event.key === "k") {
      current = Math.max(0, Math.min(items.length - 1, current + (event.key === "j" ? 1 : -1)));
      items.forEach((item, index) => item.classList.toggle("is-current", index === current));
      const link = items[current].querySelector("a");
      if (link) link.focus();
      items[current].scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "x" && items[current]) {
      const box = items[current].querySelector("input[type=checkbox]");
      if (box) box.click();
    }
  });

  // data-focus: what has just been said is heard and seen first.
  all("[data-focus]").forEach((element) => element.focus());

  // data-once: a form is sent once; a second click while it is under way does nothing.
  const bindOnce = (root) => all("form[data-once]", root).forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      const button = event.submitter || form.querySelector("[type=submit]");
      if (button) {
        button.setAttribute("aria-disabled", "true");
        if (button.dataset.busy) button.textContent = button.dataset.busy;
      }
    });
  });
  bindOnce(document);
  // Coming back by the back button finds the form usable again.
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  // data-autosubmit: a filter that is changed is applied.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  // data-guard: asks before typed text is lost.
  all("form[data-guard]").forEach((form) => {
    let isDirty = false;
    form.addEventListener("input", () => { isDirty = true; });
    form.addEventListener("submit", () => { isDirty = false; });
    addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
  });

  // data-bulk: the bar of acts shows with the selection.
  const countSelected = () => all("[data-bulk]").forEach((bar) => {
    const count = all("[data-item] input[type=checkbox]:checked").length;
    bar.hidden = count === 0;
    all("[data-count]", bar).forEach((element) => { element.textContent = String(count); });
  });
  document.addEventListener("change", countSelected);
  countSelected();

  // data-print: opens the print view.
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  // Menus close on Escape and on a click elsewhere.
  document.addEventListener("click", (event) => all("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // data-live: when work has changed, what is marked data-refresh is fetched anew and put in place; what somebody is typing in, or has
  // selected, stays as it is.
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { "X-Refresh": "1" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    all("[data-refresh]").forEach((element) => {
      const next = element.id && fresh.getElementById(element.id);
      if (!next || element.contains(document.activeElement) && isTyping(document.activeElement)) return;
      if (element.querySelector("input:checked, details[open]")) return;
      if (element.innerHTML === next.innerHTML) return;
      const focused = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
      element.replaceWith(document.importNode(next, true));
      if (focused) {
        const again = all("a", document.getElementById(next.id)).find((link) => link.getAttribute("href") === focused);
        if (again) again.focus();
      }
    });
    document.dispatchEvent(new CustomEvent("refreshed"));
  };
  // data-poll: while it is there, somebody elsewhere is waited for, and the page is fetched anew every few seconds.
  const poll = () => setTimeout(async () => {
    if (!document.hidden) await refresh().catch(() => {});
    if (document.querySelector("[data-poll]")) poll();
  }, 3000);
  if (document.querySelector("[data-poll]")) poll();

  const address = document.body.dataset.live;
  if (address && "EventSource" in window) {
    const source = new EventSource(address);
    source.addEventListener("work", () => { refresh().catch(() => {}); });
    addEventListener("pagehide", () => source.close());
  }
})();
