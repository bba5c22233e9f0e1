// Shows the page that will be signed, with a box that is dragged, tapped into place or moved with the arrow keys. The numbers in the form
// are what counts; without this script they are typed.
"use strict";
(() => {
  const root = document.querySelector("[data-place]");
  if (!root || !window.pdfjsLib) return;
  const millimetre = 72 / 25.4;
  const sheet = root.querySelector("[data-sheet]");
  const canvas = root.querySelector("[data-canvas]");
  const box = root.querySelector("[data-box]");
  const seal = root.querySelector("[data-seal-mark]");
  const fields = ["page", "x", "y"].map((name) => document.getElementById(name));
  const [page, x, y] = fields;
  const proposed = (field) => document.querySelector(`[name=proposed_${field.name}]`).value;
  const reset = document.querySelector("[data-place-reset]");
  const width = Number(root.dataset.width);
  const height = Number(root.dataset.height);
  const sealSize = Number(root.dataset.seal || 0);
  let size = { width: 210, height: 297 };
  let shown = 0;
  let drawing = null;

  const number = (field) => Number(field.value) || 0;
  const within = (value, most) => Math.max(0, Math.min(value, Math.max(0, Math.floor(most * 10) / 10)));
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  const show = () => {
    box.hidden = false;
    box.style.width = percent(width, size.width);
    box.style.height = percent(height, size.height);
    box.style.left = percent(number(x), size.width);
    box.style.top = percent(size.height - number(y) - height, size.height);
    box.setAttribute("aria-label", `${root.dataset.label}: ${[page, x, y].map((field) => `${field.labels[0].textContent} ${field.value}`).join(", ")}`);
    if (sealSize > 0) {
      const left = Math.max(0, number(x) + width / 3 - sealSize);
      const bottom = Math.max(0, Math.min(number(y) + height / 2 - sealSize / 2, size.height - sealSize));
      seal.hidden = false;
      seal.textContent = root.dataset.sealLabel;
      seal.style.width = percent(sealSize, size.width);
      seal.style.height = percent(sealSize, size.height);
      seal.style.left = percent(left, size.width);
      seal.style.top = percent(size.height - bottom - sealSize, size.height);
    }
    reset.hidden = fields.every((field) => field.value === proposed(field));
  };
  const move = (left, bottom) => {
    x.value = within(left, size.width - width).toFixed(1);
    y.value = within(bottom, size.height - height).toFixed(1);
    show();
  };

  const draw = async (pdf) => {
    const wanted = Math.max(1, Math.min(number(page), pdf.numPages));
    const leaf = await pdf.getPage(wanted);
    const plain = leaf.getViewport({ scale: 1 });
    size = { width: plain.width / millimetre, height: plain.height / millimetre };
    const viewport = leaf.getViewport({ scale: (sheet.clientWidth / plain.width) * Math.min(2, window.devicePixelRatio || 1) });
    if (drawing) drawing.cancel();
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    drawing = leaf.render({ canvasContext: canvas.getContext("2d"), viewport });
    shown = wanted;
    root.querySelector("[data-page-name]").textContent = `${page.labels[0].textContent} ${wanted}/${pdf.numPages}`;
    root.querySelectorAll("[data-page-step]").forEach((button) => { button.hidden = pdf.numPages === 1; });
    root.querySelector("[data-page-step='-1']").disabled = wanted === 1;
    root.querySelector("[data-page-step='1']").disabled = wanted === pdf.numPages;
    show();
    await drawing.promise.catch((error) => { if (error.name !== "RenderingCancelledException") throw error; });
  };

  const start = async () => {
    root.hidden = false;
    pdfjsLib.GlobalWorkerOptions.workerSrc = root.dataset.worker;
    const pdf = await pdfjsLib.getDocument({ url: root.dataset.file, isEvalSupported: false }).promise;
    await draw(pdf);
    root.querySelectorAll("[data-page-step]").forEach((button) => button.addEventListener("click", () => {
      page.value = String(Math.max(1, Math.min(shown + Number(button.dataset.pageStep), pdf.numPages)));
      draw(pdf);
    }));
    fields.forEach((field) => field.addEventListener("change", () => { if (field === page) draw(pdf); else show(); }));
    reset.addEventListener("click", () => {
      fields.forEach((field) => { field.value = proposed(field); });
      draw(pdf);
      box.focus();
    });

    const at = (event) => {
      const frame = sheet.getBoundingClientRect();
      return {
        left: ((event.clientX - frame.left) / frame.width) * size.width,
        bottom: (1 - (event.clientY - frame.top) / frame.height) * size.height,
      };
    };
    let grip = null;
    box.addEventListener("pointerdown", (event) => {
      const point = at(event);
      grip = { left: point.left - number(x), bottom: point.bottom - number(y) };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const point = at(event);
      move(point.left - grip.left, point.bottom - grip.bottom);
    });
    ["pointerup", "pointercancel"].forEach((name) => box.addEventListener(name, () => { grip = null; }));
    canvas.addEventListener("click", (event) => {
      const point = at(event);
      move(point.left - width / 2, point.bottom - height / 2);
    });
    box.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 10 : 1;
      const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
      const by = moves[event.key];
      if (!by) return;
      event.preventDefault();
      move(number(x) + by[0], number(y) + by[1]);
    });
    let pause = 0;
    addEventListener("resize", () => {
      clearTimeout(pause);
      pause = setTimeout(() => draw(pdf), 200);
    });
  };
  start().catch(() => {
    sheet.hidden = true;
    root.querySelector(".place-bar").hidden = true;
    root.querySelector("#place-help").textContent = root.dataset.failed;
  });
})();
