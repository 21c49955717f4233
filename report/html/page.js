"use strict";
(() => {
  const bar = document.querySelector(".filter");
  const search = bar.querySelector("input");
  const count = bar.querySelector("output");
  const cases = [...document.querySelectorAll(".case")];
  const chips = new Map([...document.querySelectorAll("a.chip")].map((c) => [c.hash.slice(1), c]));
  const holders = [...document.querySelectorAll(".group, .calm")];
  const rows = [...document.querySelectorAll(".matrix tbody tr")];
  const texts = new Map();
  let status = "all";

  const text = (c) => {
    if (!texts.has(c)) {
      const scenario = c.closest(".group").querySelector("h3").textContent;
      texts.set(c, (scenario + " " + c.textContent).toLowerCase());
    }
    return texts.get(c);
  };
  const shown = (c) => !c.classList.contains("miss") && (status === "all" || c.classList.contains(status));

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    document.body.dataset.show = status;
    let n = 0;
    for (const c of cases) {
      const miss = words.length > 0 && !words.every((w) => text(c).includes(w));
      c.classList.toggle("miss", miss);
      const chip = chips.get(c.id);
      if (chip) chip.classList.toggle("miss", miss);
      if (shown(c)) n++;
    }
    const filtering = words.length > 0 || status !== "all";
    for (const h of holders) {
      const some = [...h.querySelectorAll(".case")].some(shown);
      h.classList.toggle("empty", filtering && !some);
      if (filtering && some && n <= 200) h.open = true;
    }
    for (const r of rows) r.classList.toggle("empty", filtering && ![...r.querySelectorAll("a.chip")].some(shown));
    count.value = filtering ? n + " of " + cases.length + " cases" : "";
  };

  const reveal = () => {
    const at = location.hash && document.getElementById(location.hash.slice(1));
    if (!at) return;
    if (at.classList.contains("case") && !shown(at)) {
      status = "all";
      search.value = "";
      press();
    }
    for (let e = at; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    at.scrollIntoView({block: "start"});
  };

  const press = () => {
    for (const b of bar.querySelectorAll("[data-show]")) b.setAttribute("aria-pressed", b.dataset.show === status);
    apply();
  };

  const copy = (button) => {
    const pre = button.closest(".curl").querySelector("pre");
    navigator.clipboard.writeText(pre.textContent).then(() => { button.textContent = "copied"; },
      () => getSelection().selectAllChildren(pre));
  };

  document.addEventListener("click", (e) => {
    const b = e.target.closest("button, a[href^='#']");
    if (!b) return;
    if (b.hash && b.hash === location.hash) reveal();
    if (b.dataset.show) { status = b.dataset.show; press(); }
    if (b.dataset.do === "open") for (const c of cases.filter(shown).slice(0, 200)) c.setAttribute("open", "");
    if (b.dataset.do === "close") for (const c of cases) c.removeAttribute("open");
    if (b.dataset.do === "copy") copy(b);
  });
  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 150); });
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const c of document.querySelectorAll(".group, .case.failed, .case.error")) c.open = true;
  });
  bar.hidden = false;
  for (const b of document.querySelectorAll("[data-do=copy]")) b.hidden = !navigator.clipboard;
  reveal();
})();
