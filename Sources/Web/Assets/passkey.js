// Passkeys (Web Authentication) for pages that sign. A page takes the part `passkeywords` and this script, and calls
//
//   vanthuPasskey.approve(session)   a promise of the member `passkey` for POST /api/v1/signing-sessions/{id}/completion, beside the PIN;
//                                    null when no passkey has to answer. `session` is the id of a signing session, or the session as the
//                                    API has just given it. An answer is good for one completion: after a refusal (of the PIN, too) give
//                                    the id and ask again. Rejects when the person says no, or nothing here can answer.
//   vanthuPasskey.serve(method, path, body)   asks the API below /api/v1 with the page's token; rejects with what the server refuses.
//   vanthuPasskey.words(error)       what a rejection of these says to people, in the page's language.
"use strict";
const vanthuPasskey = (() => {
  const said = () => document.querySelector("[data-passkey-words]").dataset;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

  class Refusal extends Error {
    constructor(problem) {
      super(problem.code || "");
      this.problem = problem;
    }
  }

  const serve = async (method, path, body) => {
    const headers = { "Accept-Language": document.documentElement.lang };
    if (method !== "GET") headers["X-CSRF-Token"] = document.querySelector("main [name=csrf]").value;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" });
    const json = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(json);
    return json;
  };

  // What the browser says by names of exceptions, in the page's words; the server's problems bring their own.
  const words = (error) => {
    if (error instanceof Refusal) {
      const { title, detail, tries_left: left } = error.problem;
      if (!title) return said().failed;
      return `${title}. ${detail}${left === undefined ? "" : ` ${said().triesLeft} ${left}.`}`;
    }
    const own = { NotAllowedError: "declined", AbortError: "declined", InvalidStateError: "known", SecurityError: "unsupported", NotSupportedError: "unsupported" };
    return said()[own[error.name]] || said()[error.message] || said().failed;
  };

  const isThere = () => "credentials" in navigator && "PublicKeyCredential" in window;
  const known = (ids) => ids.map((id) => ({ type: "public-key", id: bytes(id) }));

  // Asks for one of the passkeys that `wanted` (challenge, relying_party_id, credential_ids) names.
  const ask = async (wanted) => {
    if (!isThere() || !wanted.relying_party_id) throw new Error("unsupported");
    if (wanted.credential_ids.length === 0) throw new Error("missing");
    const { rawId, response } = await navigator.credentials.get({
      publicKey: {
        challenge: bytes(wanted.challenge), rpId: wanted.relying_party_id, allowCredentials: known(wanted.credential_ids),
        userVerification: "required", timeout: 120_000,
      },
    });
    return {
      credential_id: text(rawId), client_data: text(response.clientDataJSON), authenticator_data: text(response.authenticatorData),
      signature: text(response.signature),
    };
  };

  const approve = async (session) => {
    const { passkey } = typeof session === "string" ? await serve("GET", `/signing-sessions/${session}`) : session;
    return passkey ? ask(passkey) : null;
  };

  // Makes a passkey for what POST /me/passkey-challenges gave.
  const make = async (wanted) => {
    if (!isThere()) throw new Error("unsupported");
    const { response } = await navigator.credentials.create({
      publicKey: {
        challenge: bytes(wanted.challenge), rp: { id: wanted.relying_party_id, name: "Vănthư" },
        user: { id: bytes(wanted.user.id), name: wanted.user.name, displayName: wanted.user.display_name },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })), excludeCredentials: known(wanted.credential_ids),
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" }, attestation: "none", timeout: 120_000,
      },
    });
    return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
  };

  return { approve, ask, make, serve, words };
})();
