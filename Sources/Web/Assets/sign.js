// data-passkey-sign: signs or seals a document with PIN and passkey: prepares a session, has the passkey answer, sends both.
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey-sign]");
  if (!form) return;
  const { approve, serve, words } = vanthuPasskey;
  const { document: id, purpose, done } = form.dataset;
  const problem = form.querySelector("[data-problem]");
  const button = form.querySelector("[type=submit]");
  const label = button.textContent;
  const pointsPerMillimetre = 72 / 25.4;
  // The session that was prepared last, and what for.
  let open = null;

  // Where the signer wants the signature; nothing when it stays where the words of the document say.
  const place = () => {
    const { page, x, y } = form.elements;
    if (!page || [page, x, y].every((field) => field.value === form.elements[`proposed_${field.name}`].value)) return undefined;
    return { page: page.valueAsNumber - 1, x: x.valueAsNumber * pointsPerMillimetre, y: y.valueAsNumber * pointsPerMillimetre };
  };

  const sign = async () => {
    const wish = { purpose, documents: [{ document_id: id, version: Number(form.elements.version.value), place: place() }] };
    const asked = JSON.stringify(wish);
    if (!open || open.asked !== asked) open = { asked, session: (await serve("POST", "/signing-sessions", wish)).id };
    const passkey = await approve(open.session);
    await serve("POST", `/signing-sessions/${open.session}/completion`, { pin: form.elements.pin.value, passkey });
    location.assign(done);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    problem.hidden = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy;
    try {
      await sign();
    } catch (error) {
      // Only where PIN or passkey were wrong is there something to go on with.
      if (error.problem && !/^(wrong_pin|passkey_)/.test(error.problem.code)) open = null;
      delete form.dataset.sent;
      button.removeAttribute("aria-disabled");
      button.textContent = label;
      problem.textContent = words(error);
      problem.hidden = false;
      problem.focus();
    }
  });
})();
