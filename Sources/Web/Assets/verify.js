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
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = input.files[0];
    if (!file || form.dataset.busy) return;
    form.dataset.busy = "1";
    error.textContent = "";
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
      article.classList.toggle("verdict-good", report.verdict.startsWith("VALID") && report.trust === "trusted");
      article.classList.toggle("verdict-bad", !report.verdict.startsWith("VALID") || report.trust === "untrusted");
      article.hidden = false;
    } catch (failure) {
      error.textContent = failure instanceof SyntaxError || failure instanceof TypeError ? form.dataset.failed : failure.message;
    } finally {
      said.textContent = "";
      delete form.dataset.busy;
    }
  });
})();
