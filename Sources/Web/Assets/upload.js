// data-upload: sends files to the API with progress. data-draft: saves a draft and then sends the file that was chosen with it.
"use strict";
(() => {
  // One file; tells its progress in hundredths. Rejects with words for people. With `version` the document must still be of it.
  const send = (address, file, version, csrf, failed, progress) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    if (version) request.setRequestHeader("If-Match", `"${version}"`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(Math.round(100 * event.loaded / event.total));
    };
    request.onerror = () => reject(new Error(failed));
    request.onload = () => {
      if (request.status < 300) return resolve();
      let words = failed;
      try {
        const problem = JSON.parse(request.responseText);
        words = [problem.title, problem.detail].filter(Boolean).join(". ").replace("..", ".");
      } catch { /* Something on the way answered, not the server. */ }
      reject(new Error(words));
    };
    request.send(file);
  });

  const parts = (form) => ({
    input: form.querySelector("input[type=file]"), bar: form.querySelector("progress"), said: form.querySelector("[data-said]"),
    error: form.querySelector("input[type=file] ~ .field-error"), csrf: form.querySelector("[name=csrf]").value,
  });
  const tell = ({ input, error }, words) => {
    error.textContent = words;
    input.classList.toggle("is-invalid", words !== "");
    if (words) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else {
      input.removeAttribute("aria-invalid");
    }
  };
  const sendAll = async (form, part, address, role) => {
    part.bar.hidden = false;
    try {
      for (const file of part.input.files) {
        part.said.textContent = `${form.dataset.sending}: ${file.name}`;
        const named = role ? `${address}?name=${encodeURIComponent(file.name)}&role=${role}` : address;
        await send(named, file, form.dataset.version, part.csrf, form.dataset.failed, (done) => { part.bar.value = done; });
      }
    } finally {
      part.bar.hidden = true;
      part.said.textContent = "";
    }
  };
  const isBusy = (form, flag) => {
    form.dataset.busy = flag ? "1" : "";
    const button = form.querySelector("[type=submit]");
    if (flag) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
    if (!flag) delete form.dataset.sent;
  };

  const bindUploads = () => document.querySelectorAll("form[data-upload][hidden]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.busy) return;
      const part = parts(form);
      tell(part, "");
      isBusy(form, true);
      try {
        await sendAll(form, part, form.dataset.upload, form.dataset.role);
        const here = location.pathname + location.search;
        if (here === form.dataset.next) location.reload(); else location.assign(form.dataset.next);
      } catch (error) {
        tell(part, error.message);
        isBusy(form, false);
      }
    });
  });
  bindUploads();
  document.addEventListener("tabbed", bindUploads);

  // The draft is saved first, as the form does it without script; then the file goes to the draft. What is refused is told on this page,
  // and nothing that was typed or chosen is lost. A draft that was saved is changed by the next try, not written twice.
  const bindDraft = (form) => {
    const field = form.querySelector("[data-file-field]");
    if (!field) return;
    field.hidden = false;
    form.addEventListener("submit", async (event) => {
      const part = parts(form);
      if (event.defaultPrevented || part.input.files.length === 0) return;
      event.preventDefault();
      tell(part, "");
      isBusy(form, true);
      try {
        const answer = await fetch(form.getAttribute("action"), {
          method: "POST", credentials: "same-origin", body: new URLSearchParams(new FormData(form)),
        });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const id = answer.redirected && new URL(answer.url).pathname.match(/^\/documents\/([0-9a-f-]{36})$/);
        if (!id) return replace(form, page, part.input);
        const saved = page.getElementById("acts").dataset.version;
        try {
          await sendAll(form, part, `/api/v1/documents/${id[1]}/files`, "main");
          location.assign(`/documents/${id[1]}?tab=files`);
        } catch (error) {
          form.setAttribute("action", `/documents/${id[1]}/edit`);
          const version = form.querySelector("[name=version]") || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "version" }));
          version.value = saved;
          tell(part, `${form.dataset.kept} ${error.message}`);
          isBusy(form, false);
        }
      } catch {
        tell(part, form.dataset.failed);
        isBusy(form, false);
      }
    });
  };
  // The page as it came back, with its messages; the file stays chosen.
  const replace = (form, page, input) => {
    const old = document.getElementById("main");
    const next = page.getElementById("main");
    if (!next) return location.reload();
    old.replaceChildren(...document.importNode(next, true).childNodes);
    const again = old.querySelector("form[data-draft]");
    if (again) {
      again.querySelector("input[type=file]").replaceWith(input);
      bindDraft(again);
    }
    const summary = old.querySelector("[data-focus]");
    if (summary) summary.focus();
  };
  document.querySelectorAll("form[data-draft]").forEach(bindDraft);
})();
