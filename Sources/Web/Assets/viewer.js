// data-viewer: shows a PDF with pdf.js, page by page as they come into view. data-tab: changes the tab without loading the page anew.
"use strict";
(() => {
  const load = (address) => new Promise((resolve, reject) => {
    if (window.pdfjsLib) return resolve(window.pdfjsLib);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.pdfjsLib);
    script.onerror = reject;
    document.head.append(script);
  });

  const bind = (viewer) => {
    const part = (name) => viewer.querySelector(`[data-${name}]`);
    const [sheets, open, full, input, said] = ["sheets", "open", "full", "page", "said"].map(part);
    const bar = viewer.querySelector(".viewer-bar");
    const steps = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
    let pdf = null, pages = [], step = 3, starting = null, drawing = 0;

    // A page has its size at once and its content when it comes near; far away it gives the memory of its canvas back.
    const width = () => Math.max(200, sheets.clientWidth - 20) * steps[step];
    const resize = async () => {
      const round = ++drawing;
      const place = sheets.scrollHeight ? sheets.scrollTop / sheets.scrollHeight : 0;
      const first = pages[0] && (pages[0].ratio || 1.414);
      pages.forEach((page) => {
        page.element.style.width = `${width()}px`;
        page.element.style.height = `${width() * (page.ratio || first)}px`;
        empty(page);
      });
      sheets.scrollTop = place * sheets.scrollHeight;
      part("zoom").textContent = `${Math.round(steps[step] * 100)}%`;
      if (round === drawing) pages.filter((page) => page.isNear).forEach(draw);
    };
    const empty = (page) => {
      if (page.task) page.task.cancel();
      page.task = null;
      page.element.replaceChildren();
    };
    const draw = async (page) => {
      if (page.task || page.element.firstChild) return;
      const round = drawing;
      const sheet = await pdf.getPage(page.number);
      if (round !== drawing || page.element.firstChild || !page.isNear) return;
      const size = sheet.getViewport({ scale: 1 });
      page.ratio = size.height / size.width;
      page.element.style.height = `${width() * page.ratio}px`;
      const view = sheet.getViewport({ scale: width() / size.width });
      const sharp = Math.min(window.devicePixelRatio || 1, 2);
      const canvas = document.createElement("canvas");
      canvas.width = Math.floor(view.width * sharp);
      canvas.height = Math.floor(view.height * sharp);
      canvas.style.width = `${view.width}px`;
      canvas.style.height = `${view.height}px`;
      canvas.setAttribute("aria-hidden", "true");
      const text = document.createElement("div");
      text.className = "sheet-text";
      page.element.replaceChildren(canvas, text);
      page.task = sheet.render({ canvasContext: canvas.getContext("2d"), viewport: view, transform: [sharp, 0, 0, sharp, 0, 0] });
      try {
        await page.task.promise;
        const content = await sheet.getTextContent();
        if (page.task) window.pdfjsLib.renderTextLayer({ textContent: content, container: text, viewport: view, textDivs: [] });
      } catch (error) {
        if (error.name !== "RenderingCancelledException") throw error;
      }
    };

    const start = () => {
      starting = starting || (async () => {
        said.textContent = viewer.dataset.opening;
        bar.hidden = false;
        sheets.hidden = false;
        const library = await load(viewer.dataset.pdf);
        library.GlobalWorkerOptions.workerSrc = viewer.dataset.worker;
        pdf = await library.getDocument({ url: viewer.dataset.viewer, isEvalSupported: false, enableXfa: false }).promise;
        said.textContent = "";
        part("pages").textContent = String(pdf.numPages);
        input.max = String(pdf.numPages);
        const near = new IntersectionObserver((entries) => entries.forEach((entry) => {
          const page = pages[Number(entry.target.dataset.number) - 1];
          page.isNear = entry.isIntersecting;
          if (page.isNear) draw(page).catch(fail); else empty(page);
        }), { root: sheets, rootMargin: "600px 0px" });
        const size = (await pdf.getPage(1)).getViewport({ scale: 1 });
        for (let number = 1; number <= pdf.numPages; number += 1) {
          const element = document.createElement("div");
          element.className = "sheet";
          element.dataset.number = String(number);
          element.setAttribute("role", "group");
          element.setAttribute("aria-label", `${viewer.dataset.pageLabel} ${number}`);
          pages.push({ number, element, isNear: false, task: null, ratio: number === 1 ? size.height / size.width : null });
          sheets.append(element);
        }
        await resize();
        pages.forEach((page) => near.observe(page.element));
      })().catch(fail);
      return starting;
    };
    const fail = () => {
      if (viewer.classList.contains("is-full")) setFull(false);
      said.textContent = viewer.dataset.failed;
      sheets.hidden = true;
      bar.hidden = true;
    };

    const zoom = (by) => {
      step = Math.max(0, Math.min(steps.length - 1, step + by));
      resize();
    };
    const goTo = (number) => {
      const page = pages[Math.max(1, Math.min(pages.length, number)) - 1];
      if (page) sheets.scrollTop = page.element.offsetTop - sheets.offsetTop;
    };
    // Over everything else, which cannot be reached meanwhile.
    let covered = [];
    const setFull = (isFull) => {
      viewer.classList.toggle("is-full", isFull);
      covered.forEach((element) => { element.inert = false; });
      covered = [];
      for (let at = viewer; isFull && at !== document.body; at = at.parentElement) {
        covered.push(...[...at.parentElement.children].filter((element) => element !== at && !element.inert));
      }
      covered.forEach((element) => { element.inert = true; });
      full.textContent = isFull ? full.dataset.closeWord : full.dataset.openWord;
      if (isFull) start();
      if (pdf) resize();
      (isFull || !open.offsetParent ? full : open).focus();
    };

    part("smaller").addEventListener("click", () => zoom(-1));
    part("larger").addEventListener("click", () => zoom(1));
    input.addEventListener("change", () => goTo(Number(input.value) || 1));
    open.hidden = false;
    open.addEventListener("click", () => setFull(true));
    full.addEventListener("click", () => setFull(!viewer.classList.contains("is-full")));
    viewer.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && viewer.classList.contains("is-full")) return setFull(false);
      if (event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "+" || event.key === "=") zoom(1);
      if (event.key === "-") zoom(-1);
    });
    sheets.addEventListener("scroll", () => {
      const middle = sheets.scrollTop + sheets.clientHeight / 3;
      const page = pages.filter((one) => one.element.offsetTop - sheets.offsetTop <= middle).pop();
      if (page && document.activeElement !== input) input.value = String(page.number);
    }, { passive: true });
    let last = 0;
    new ResizeObserver(() => {
      if (pdf && sheets.clientWidth && Math.abs(sheets.clientWidth - last) > 24) {
        last = sheets.clientWidth;
        resize();
      }
    }).observe(viewer);
    const wide = matchMedia("(min-width: 992px)");
    const startWhenWide = () => { if (wide.matches) start(); };
    wide.addEventListener("change", startWhenWide);
    startWhenWide();
  };
  document.querySelectorAll("[data-viewer]").forEach(bind);

  // The PDF stays where it was read while the tabs beside it change; each tab has its address all the same.
  const panel = document.getElementById("panel");
  const show = async (address, keep) => {
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = fresh.getElementById("panel");
      if (!answer.ok || !next) throw new Error("no panel");
      panel.replaceChildren(...document.importNode(next, true).childNodes);
      document.getElementById("tabs").replaceChildren(...document.importNode(fresh.getElementById("tabs"), true).childNodes);
      if (keep) history.pushState({}, "", address);
      document.dispatchEvent(new CustomEvent("tabbed"));
      return true;
    } catch {
      location.assign(address);
      return false;
    } finally {
      panel.removeAttribute("aria-busy");
    }
  };
  if (panel) {
    document.getElementById("tabs").addEventListener("click", async (event) => {
      const link = event.target.closest("[data-tab]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      if (await show(link.getAttribute("href"), true)) document.querySelector("#tabs [aria-current]").focus();
    });
    document.addEventListener("submit", async (event) => {
      if (!event.target.matches("form[data-tab-form]")) return;
      event.preventDefault();
      const address = `${event.target.getAttribute("action")}?${new URLSearchParams(new FormData(event.target))}`;
      if (await show(address, true)) document.getElementById("find").focus();
    });
    addEventListener("popstate", () => show(location.href, false));
  }
})();
