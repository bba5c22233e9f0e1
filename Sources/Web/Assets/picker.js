// Choosing whom work is given to (data-picker) and whom a document is sent to (data-chooser). Both forms work without it.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  all("[data-script]").forEach((element) => { element.hidden = false; });

  // data-insert: a ready phrase is put where the cursor stands in the text.
  all("[data-insert]").forEach((button) => button.addEventListener("click", () => {
    const area = document.getElementById(button.dataset.insert);
    const phrase = button.textContent;
    const start = area.selectionStart;
    const before = area.value.slice(0, start);
    const space = before && !/\s$/.test(before) ? " " : "";
    area.setRangeText(space + phrase, start, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }));

  all("form[data-picker]").forEach((form) => {
    const parts = ["lead", "support", "inform"];
    const input = form.querySelector("[data-picker-input]");
    const list = form.querySelector("[role=listbox]");
    const part = form.querySelector("[data-picker-part]");
    const status = form.querySelector("[data-picker-status]");
    const chosen = form.querySelector("[data-picker-chosen]");
    const added = form.querySelector("[data-picker-added]");
    const template = form.querySelector("[data-picker-template]");
    const tree = form.querySelector("[data-picker-tree]");
    const label = (name) => part.querySelector(`[value=${name}]`).textContent;
    form.querySelector("[data-plain]").hidden = true;
    input.value = "";
    if (tree) tree.open = false;

    // Nobody has two parts.
    const checked = () => parts.flatMap((name) => all(`input[name=${name}]:checked`, form).filter((box) => box.value));
    const show = () => {
      const boxes = checked();
      chosen.replaceChildren();
      if (boxes.length === 0) chosen.textContent = chosen.dataset.empty;
      boxes.forEach((box) => {
        const name = box.closest("[data-holder]").querySelector("[data-holder-name]").textContent;
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = `chip pick-chip pick-${box.name}`;
        const role = document.createElement("strong");
        role.textContent = label(box.name);
        const cross = document.createElement("span");
        cross.textContent = "×";
        cross.setAttribute("aria-hidden", "true");
        chip.append(role, ` ${name} `, cross);
        chip.setAttribute("aria-label", `${chosen.dataset.remove} ${label(box.name)} ${name}`);
        chip.addEventListener("click", () => {
          box.checked = false;
          show();
          (chosen.querySelector("button") || input).focus();
        });
        chosen.append(chip);
      });
      part.value = boxes.some((box) => box.name === "lead") ? (part.value === "inform" ? "inform" : "support") : "lead";
    };
    form.addEventListener("change", (event) => {
      const box = event.target;
      const row = box.closest("[data-holder]");
      if (!row) return;
      if (box.checked) all("input:checked", row).forEach((other) => { if (other !== box) other.checked = false; });
      show();
    });
    const pick = (holder) => {
      let row = all("[data-holder]", form).find((element) => element.dataset.holder === holder.id);
      if (!row) {
        row = template.content.firstElementChild.cloneNode(true);
        row.dataset.holder = holder.id;
        row.querySelector("[data-holder-name]").textContent = holder.name;
        row.querySelector("[data-holder-note]").textContent = holder.note;
        row.querySelector("[role=group]").setAttribute("aria-label", holder.name);
        all("input", row).forEach((box) => { box.value = holder.id; });
        added.append(row);
      }
      const box = row.querySelector(`input[name=${part.value}]`);
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      status.textContent = `${status.dataset.added} ${label(box.name)}: ${holder.name}`;
    };

    // An ARIA combobox with a list of its own (arrows, Enter, Escape).
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    let found = [];
    let active = -1;
    let asked = 0;
    let timer = 0;
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      active = -1;
    };
    const mark = (index) => {
      active = index;
      all("[role=option]", list).forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
      const option = list.children[index];
      if (!option) return;
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const take = (index) => {
      if (!found[index]) return;
      const holder = found[index];
      input.value = "";
      close();
      pick(holder);
    };
    const ask = async () => {
      const text = input.value.trim();
      const turn = ++asked;
      if (text === "") { close(); return; }
      const answer = await fetch(`${input.dataset.source}?q=${encodeURIComponent(text)}`, { credentials: "same-origin" });
      if (!answer.ok || turn !== asked) return;
      found = await answer.json();
      list.replaceChildren(...found.map((holder, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const note = document.createElement("small");
        note.textContent = holder.note;
        option.append(holder.name, note);
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => take(index));
        return option;
      }));
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      status.textContent = found.length > 0 ? `${found.length} ${status.dataset.found}` : status.dataset.nothing;
      if (found.length > 0) mark(0); else close();
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => { ask().catch(() => {}); }, 120);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        take(active);
      } else if (event.key === "Escape") {
        close();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length > 0 && !list.hidden) {
        event.preventDefault();
        mark((active + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
      }
    });
    input.addEventListener("blur", close);
    show();
  });

  all("form[data-chooser]").forEach((form) => {
    const groups = all("[data-group]", form);
    const members = (group) => all("[data-item-name] input", group);
    const count = form.querySelector("[data-chosen-count]");
    const show = () => {
      count.textContent = String(groups.flatMap(members).filter((box) => box.checked).length);
    };
    // One box for all of a kind. Without a script the server reads it so; with one it only ticks the others.
    groups.forEach((group) => {
      const whole = group.querySelector("[data-check-all]");
      const settle = () => {
        const boxes = members(group);
        const ticked = boxes.filter((box) => box.checked).length;
        whole.checked = boxes.length > 0 && ticked === boxes.length;
        whole.indeterminate = ticked > 0 && !whole.checked;
        show();
      };
      group.addEventListener("change", (event) => {
        if (event.target === whole) members(group).forEach((box) => { box.checked = whole.checked; });
        settle();
      });
      if (whole.checked) members(group).forEach((box) => { box.checked = true; });
      settle();
    });
    const filter = form.querySelector("[data-filter]");
    const status = form.querySelector("[data-filter-status]");
    filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    filter.addEventListener("input", () => {
      const words = fold(filter.value).split(/\s+/).filter(Boolean);
      let left = 0;
      groups.forEach((group) => {
        let here = 0;
        all("[data-item-name]", group).forEach((item) => {
          const text = ` ${fold(item.textContent)}`;
          item.hidden = !words.every((word) => text.includes(` ${word}`));
          if (!item.hidden) here += 1;
        });
        group.hidden = here === 0;
        if (words.length > 0) group.querySelector("details").open = here > 0;
        left += here;
      });
      status.textContent = left > 0 ? `${left} ${status.dataset.found}` : status.dataset.nothing;
    });
    form.addEventListener("reset", () => setTimeout(show));
    show();
  });
})();
