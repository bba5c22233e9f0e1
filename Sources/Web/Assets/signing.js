// data-signing="soft": signs or seals the documents that are ticked with one PIN: prepares a session, has the passkey answer where one has to,
// completes it, and tells item by item how far it is. Without this script the form does the same in one go.
"use strict";
(() => {
  const form = document.querySelector('form[data-signing="soft"]');
  const secrets = form && form.querySelector("[data-secrets]");
  if (!secrets) return;
  const { approve, serve, words } = vanthuPasskey;
  const problem = form.querySelector("[data-problem]");
  const progress = form.querySelector("[data-progress-bar]");
  const bar = progress.querySelector("progress");
  const said = progress.querySelector("[data-said]");
  const boxes = () => [...form.querySelectorAll("input[name=chosen]")];
  // The session that was prepared last, and what for.
  let open = null;

  const busy = (flag) => {
    secrets.hidden = flag;
    progress.hidden = !flag;
    boxes().forEach((box) => { box.disabled = flag; });
    form.toggleAttribute("aria-busy", flag);
  };
  const tell = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };
  const chip = (place, text, kind) => {
    const made = document.createElement("span");
    made.className = `chip ${kind}`;
    made.textContent = text;
    place.replaceChildren(made);
  };
  const show = (session) => {
    const done = session.items.filter((item) => item.state !== "prepared").length;
    bar.max = session.items.length;
    bar.value = done;
    tell(`${form.dataset.progress} ${done}/${session.items.length}`);
    for (const item of session.items) {
      const place = form.querySelector(`[data-row="${item.document_id}"] [data-row-state]`);
      if (item.state === "completed") chip(place, `✓ ${form.dataset.rowDone}`, "chip-good");
      else if (item.state === "refused") chip(place, form.dataset.rowFailed, "chip-urgent");
      else chip(place, form.dataset.rowWaiting, "");
    }
  };
  // Looks at the session while it is being completed.
  const watch = (id) => {
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        await new Promise((resolve) => { setTimeout(resolve, 500); });
        const session = isOver ? null : await serve("GET", `/signing-sessions/${id}`).catch(() => null);
        if (session && !isOver) show(session);
      }
    };
    look();
    return () => { isOver = true; };
  };

  const sign = async (documents, pin) => {
    const asked = JSON.stringify(documents);
    tell(form.dataset.preparing);
    bar.removeAttribute("value");
    if (!open || open.asked !== asked) {
      open = { asked, id: (await serve("POST", "/signing-sessions", { purpose: form.dataset.purpose, documents })).id };
    }
    const session = await serve("GET", `/signing-sessions/${open.id}`);
    show(session);
    const passkey = await approve(session);
    const stop = watch(open.id);
    try {
      show(await serve("POST", `/signing-sessions/${open.id}/completion`, passkey ? { pin, passkey } : { pin }));
    } finally {
      stop();
    }
  };

  // Where the PIN was wrong it is typed anew; a passkey that said no leaves it where it is.
  const refuse = (error) => {
    problem.textContent = words(error);
    problem.hidden = false;
    const { pin } = form.elements;
    const isPIN = error.problem && /^(wrong_pin|key_locked)/.test(error.problem.code);
    if (isPIN) {
      pin.value = "";
      pin.setAttribute("aria-invalid", "true");
    } else {
      pin.removeAttribute("aria-invalid");
    }
    (isPIN ? pin : problem).focus();
  };
  const isProofWrong = (error) => !error.problem || /^(wrong_pin|key_locked|passkey_)/.test(error.problem.code);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    problem.hidden = true;
    const documents = boxes().filter((box) => box.checked).map((box) => {
      const [document_id, version] = box.value.split("|");
      return { document_id, version: Number(version) };
    });
    if (documents.length === 0) {
      problem.textContent = form.dataset.noneChosen;
      problem.hidden = false;
      problem.focus();
      return;
    }
    form.dataset.sent = "1";
    busy(true);
    try {
      await sign(documents, form.elements.pin.value);
      location.assign(`/signing/${open.id}`);
    } catch (error) {
      // What concerns a document is told on the page of the session; where the proof was wrong, one tries again here.
      if (open && !isProofWrong(error)) {
        const session = await serve("GET", `/signing-sessions/${open.id}`).catch(() => null);
        if (session && session.state === "done") {
          location.assign(`/signing/${open.id}`);
          return;
        }
        open = null;
      }
      delete form.dataset.sent;
      busy(false);
      form.querySelectorAll("[data-row-state]").forEach((place) => place.replaceChildren());
      refuse(error);
    }
  });
})();
