// data-passkeys: adds and removes one's passkeys. Who has one proves with it; who has none gives the password.
"use strict";
(() => {
  const place = document.querySelector("[data-passkeys]");
  if (!place) return;
  const { ask, make, serve, words } = vanthuPasskey;
  const problem = place.querySelector("[data-problem]");
  const form = place.querySelector("form");
  const buttons = [...place.querySelectorAll("button")];
  for (const part of place.querySelectorAll("[data-scripted]")) part.hidden = false;

  const begin = async (password) => {
    const wanted = await serve("POST", "/me/passkey-challenges", password ? { password } : {});
    return { wanted, proof: wanted.proof === "passkey" ? await ask(wanted) : null };
  };
  const attempt = async (act) => {
    problem.hidden = true;
    buttons.forEach((button) => { button.disabled = true; });
    try {
      await act();
      location.reload();
    } catch (error) {
      buttons.forEach((button) => { button.disabled = false; });
      problem.textContent = words(error);
      problem.hidden = false;
      problem.focus();
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const { wanted, proof } = await begin(form.elements.password && form.elements.password.value);
      const made = await make(wanted);
      await serve("POST", "/me/passkeys", { name: form.elements.name.value, ...made, proof });
    });
  });
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    attempt(async () => {
      const { proof } = await begin();
      await serve("POST", `/me/passkeys/${button.dataset.remove}/removal`, { proof });
    });
  });
})();
