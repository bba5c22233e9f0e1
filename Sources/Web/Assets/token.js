// Signs with a token through `vanthu agent` on this machine: finds it, is paired with it, has the server prepare the document, or those
// that are ticked, for a certificate of the token, has the agent sign the hashes, and hands the values to the server. The PIN never comes here.
"use strict";
(() => {
  const form = document.querySelector("[data-token]");
  if (!form) return;
  const { agent, purpose, done } = form.dataset;
  const storage = "vanthu.agent";
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const problem = form.querySelector("[data-problem]");
  const list = form.querySelector("[data-certificates]");
  let shown = "";
  let certificates = [];

  const show = (name) => {
    for (const one of form.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== name;
    shown = name;
    if (name === "pair") form.querySelector("#code").focus();
  };
  const tell = (text) => {
    problem.textContent = text || "";
    problem.hidden = !text;
  };

  class Refusal extends Error {
    constructor(body) {
      super(body.detail || body.code || "");
      this.body = body;
    }
  }
  const answer = async (response) => {
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(body);
    return body;
  };
  const ask = (path, body) => {
    const headers = { Authorization: `Bearer ${localStorage.getItem(storage) || ""}` };
    if (body) headers["Content-Type"] = "application/json";
    return fetch(agent + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "omit" }).then(answer);
  };
  const serve = (path, body) =>
    fetch(`/api/v1${path}`, { method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, "X-CSRF-Token": form.elements.csrf.value }, body: JSON.stringify(body) }).then(answer);

  // What the agent says, in the page's words; the server's problems bring their own.
  const words = (error) => {
    if (!(error instanceof Refusal)) return form.dataset.failed;
    const { code, tries_left: left, detail } = error.body;
    if (code === "wrong_pin") return left === "last" ? form.dataset.lastPin : form.dataset.wrongPin;
    const own = {
      declined: form.dataset.declined, pin_missing: form.dataset.declined, pin_locked: form.dataset.pinLocked, token_removed: form.dataset.tokenRemoved,
      certificate_unknown: form.dataset.tokenRemoved, busy: form.dataset.busy, wrong_code: form.dataset.wrongCode, pairing_closed: form.dataset.pairingClosed,
    };
    return own[code] || detail || `${form.dataset.failed} (${code || ""})`;
  };

  const choice = (certificate, number) => {
    const label = document.createElement("label");
    label.className = "form-check";
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "certificate";
    input.className = "form-check-input";
    input.value = String(number);
    input.checked = number === 0;
    const name = document.createElement("strong");
    name.textContent = certificate.subject;
    const rest = document.createElement("span");
    rest.textContent = ` ${certificate.issuer} · ${certificate.token} · ${form.dataset.expires} ${certificate.not_after.slice(0, 10).split("-").reverse().join("/")}`;
    label.append(input, name, rest);
    return label;
  };

  const find = async () => {
    tell("");
    let status;
    try {
      status = await ask("/status");
    } catch {
      form.querySelector("[data-origin]").textContent = location.origin;
      show("absent");
      return;
    }
    if (!status.paired) {
      show("pair");
      return;
    }
    certificates = (await ask("/certificates")).certificates.filter((one) => one.algorithms.length > 0);
    list.replaceChildren(...certificates.map(choice));
    form.querySelector("[data-none]").hidden = certificates.length > 0;
    part("choose").querySelector("[type=submit]").disabled = certificates.length === 0;
    show("choose");
  };

  const pair = async () => {
    const { token } = await ask("/pair", { code: form.elements.code.value });
    localStorage.setItem(storage, token);
    await find();
  };

  // What is to be signed: `id|version` of the form's own document, or of those that are ticked.
  const wishes = () => {
    const ticked = [...form.querySelectorAll("input[name=chosen]:checked")].map((box) => box.value);
    return (form.dataset.documents ? [form.dataset.documents] : ticked).map((wish) => {
      const [document_id, version] = wish.split("|");
      return { document_id, version: Number(version) };
    });
  };

  const sign = async () => {
    const documents = wishes();
    if (documents.length === 0) throw new Refusal({ detail: form.dataset.noneChosen });
    const chosen = certificates[Number(new FormData(form).get("certificate"))];
    show("ask");
    const session = await serve("/signing-sessions", {
      purpose,
      algorithm: chosen.algorithms[0],
      certificate: { device: "token", certificate: chosen.certificate, chain: chosen.authorities.slice(0, 8) },
      documents,
    });
    const items = session.items.filter((item) => item.state === "prepared");
    const { signatures } = await ask("/sign", {
      certificate: chosen.id,
      algorithm: chosen.algorithms[0],
      items: items.map((item) => ({ name: item.file_name, digest: item.digest })),
    });
    const values = items.map((item, number) => ({ item_id: item.id, value: signatures[number] }));
    const completed = serve(`/signing-sessions/${session.id}/completion`, { values });
    // Several tell what became of each on a page of their own, also when none went through.
    if (done) await completed; else await completed.catch((error) => { if (!(error instanceof Refusal)) throw error; });
    location.assign(done || `/signing/${session.id}`);
  };

  const attempt = async (act) => {
    const before = shown;
    tell("");
    try {
      await act();
    } catch (error) {
      show(before || "absent");
      tell(words(error));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(shown === "pair" ? pair : sign);
  });
  form.querySelector("[data-again]").addEventListener("click", () => attempt(find));
  attempt(find);
})();
