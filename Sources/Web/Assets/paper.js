// The form of a paper document: registers it, then brings the scan and the attachments behind it, with progress. Without this script the
// form is sent as any other, and files are added on the document's page.
"use strict";
(() => {
  // Files that were chosen, kept while the form is shown again with what is wrong.
  const bind = (form) => {
    const fields = [...form.querySelectorAll("[data-scan-fields]")];
    const box = form.querySelector("[data-upload]");
    const text = form.querySelector("[data-upload-text]");
    const bar = form.querySelector("[data-upload-bar]");
    const button = form.querySelector("[type=submit]");
    let isSending = false;
    for (const field of fields) field.hidden = false;
    for (const hint of form.querySelectorAll("[data-without-script]")) hint.hidden = true;

    const tell = (message, percent) => {
      box.hidden = false;
      text.textContent = message;
      bar.hidden = percent === undefined;
      bar.value = percent ?? 0;
    };

    // One file in the body of one request; the problem's own words when it is refused.
    const send = (id, file, role) => new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/api/v1/documents/${id}/files?role=${role}&name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
      request.setRequestHeader("Content-Type", role === "main" ? "application/pdf" : file.type || "application/octet-stream");
      request.setRequestHeader("Accept-Language", document.documentElement.lang);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) tell(`${form.dataset.uploading} ${file.name}`, Math.round(100 * event.loaded / event.total));
      });
      request.addEventListener("load", () => {
        if (request.status === 201) return resolve();
        let reason = form.dataset.refused;
        try {
          const problem = JSON.parse(request.responseText);
          reason = problem.errors?.[0]?.detail || problem.detail || problem.title || reason;
        } catch { /* no words came with it */ }
        reject(new Error(reason));
      });
      request.addEventListener("error", () => reject(new Error(form.dataset.refused)));
      request.send(file);
    });

    // The record is there already: a file that fails is told, may be sent again, and holds up nothing.
    const upload = async (record, files) => {
      const failed = [];
      let reason = "";
      for (const [file, role] of files) {
        tell(`${form.dataset.uploading} ${file.name}`, 0);
        try {
          await send(record.id, file, role);
        } catch (error) {
          failed.push([file, role]);
          reason = error.message;
        }
      }
      if (failed.length === 0) {
        location.assign(record.href);
        return;
      }
      tell(`${form.dataset.failed} ${failed.map(([file]) => file.name).join(", ")}. ${reason}`);
      const acts = document.createElement("p");
      acts.className = "acts";
      const again = document.createElement("button");
      again.type = "button";
      again.className = "btn btn-outline-primary";
      again.textContent = form.dataset.retry;
      again.addEventListener("click", () => { acts.remove(); upload(record, failed); });
      const open = document.createElement("a");
      open.className = "btn btn-outline-primary";
      open.href = record.href;
      open.textContent = form.dataset.open;
      acts.append(again, open);
      box.append(acts);
      again.focus();
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isSending) return;
      isSending = true;
      button.setAttribute("aria-disabled", "true");
      tell(form.dataset.sending);
      try {
        const answer = await fetch(form.action, {
          method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
          headers: { Accept: "application/json" },
        });
        if (answer.status === 201) {
          // What was typed is kept by now; only what becomes of the files is left to see.
          for (const part of form.children) part.hidden = part !== box;
          for (const part of form.closest("#paper")?.children ?? []) part.hidden = part !== form;
          const files = fields.flatMap((field) => {
            const input = field.querySelector("input");
            return [...input.files].map((file) => [file, input.dataset.role]);
          });
          await upload(await answer.json(), files);
          return;
        }
        // What is wrong, as the page without script shows it; the files that were chosen stay.
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = fresh.getElementById("paper");
        const kept = form.closest("#paper");
        if (answer.redirected || !next || !kept) {
          location.assign(answer.redirected ? answer.url : location.href);
          return;
        }
        const shown = document.importNode(next, true);
        for (const field of fields) {
          const input = field.querySelector("input");
          shown.querySelector(`#${input.id}`)?.replaceWith(input);
        }
        kept.replaceWith(shown);
        const renewed = shown.querySelector("form[data-paper]");
        if (renewed) bind(renewed);
        const first = shown.querySelector("[data-focus]");
        if (first) first.focus();
      } catch {
        tell(form.dataset.offline);
        isSending = false;
        button.removeAttribute("aria-disabled");
      }
    });
  };
  for (const form of document.querySelectorAll("form[data-paper]")) bind(form);
})();
