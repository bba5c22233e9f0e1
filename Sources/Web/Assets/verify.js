// data-verify: sends a file to be verified and shows the report in words. Nothing of the file is kept.
"use strict";
(() => {
  const form = document.querySelector("form[data-verify]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const error = form.querySelector(".field-error");
  const said = form.querySelector("[data-said]");
  const article = document.querySelector("[data-verdict]");
  form.hidden = false;
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = input.files[0];
    if (!file || form.dataset.busy) return;
    error.textContent = file.size > Number(form.dataset.limit) ? form.dataset.large : "";
    if (error.textContent) {
      article.hidden = true;
      return;
    }
    form.dataset.busy = "1";
    said.textContent = form.dataset.working;
    article.hidden = true;
    try {
      const language = document.documentElement.lang;
      const answer = await fetch(`${form.dataset.verify}?name=${encodeURIComponent(file.name)}`, {
        method: "POST", body: file,
        headers: { "Content-Type": "application/octet-stream", "Accept-Language": language },
      });
      const report = await answer.json();
      if (!answer.ok) throw new Error([report.title, report.detail].filter(Boolean).join(". "));
      article.querySelector("[data-report]").textContent = report.text[language] ?? report.text.vi;
      const intact = ["VALID", "VALID_FULL"].includes(report.verdict);
      article.classList.toggle("verdict-good", intact && report.trust === "trusted");
      article.classList.toggle("verdict-bad", !intact || report.trust === "untrusted");
      article.hidden = false;
    } catch (failure) {
      error.textContent = failure instanceof SyntaxError || failure instanceof TypeError ? form.dataset.failed : failure.message;
    } finally {
      said.textContent = "";
      delete form.dataset.busy;
    }
  });
})();
