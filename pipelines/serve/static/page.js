"use strict";
// Pages work without this file. With it: choices show their answer in place, charts tell their figures,
// and an open page says when a new night has been published.

function swap(ids, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const id of ids) {
    const now = document.getElementById(id), next = fresh.getElementById(id);
    if (now && next) now.replaceWith(next);
    else if (now || next) return false;
  }
  prepare(document);
  return true;
}

async function answer(form) {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  const address = location.pathname + "?" + query;
  form.setAttribute("aria-busy", "true");
  const reply = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!reply || reply.redirected || !reply.ok || !swap(form.dataset.live.split(" "), await reply.text())) location.assign(address);
  else history.replaceState(null, "", address);
}

function prepare(part) {
  for (const form of part.querySelectorAll("form[data-live]:not([data-ready])")) {
    form.dataset.ready = "yes";
    form.addEventListener("submit", (event) => { event.preventDefault(); answer(form); });
    form.addEventListener("change", () => answer(form));
    const range = form.querySelector("input[type=range]"), shown = form.querySelector("output");
    if (range) range.addEventListener("input", () => { shown.textContent = Number(range.value).toLocaleString("zh-CN"); });
  }
  for (const part of document.querySelectorAll("[data-refresh]:not([data-ready])")) {
    part.dataset.ready = "yes";
    setTimeout(async () => {
      const reply = await fetch(location.href).catch(() => null);
      if (reply && reply.ok && !reply.redirected) swap([part.id], await reply.text());
    }, 1000 * Number(part.dataset.refresh));
  }
}

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);
document.addEventListener("pointermove", (event) => {
  const mark = event.target.closest && event.target.closest(".chart [aria-label]");
  const told = mark && mark.getAttribute("aria-label");
  tip.hidden = !told || !told.includes("; ");
  if (tip.hidden) return;
  tip.textContent = told.split("; ").join("\n");
  tip.style.left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = event.clientY + 14 + "px";
});

async function look() {
  const mine = document.body.dataset.night;
  if (!mine || document.hidden) return;
  const reply = await fetch("/night").catch(() => null);
  if (!reply || !reply.ok) return;
  document.getElementById("fresh").hidden = (await reply.json()).night === mine;
}
const here = document.querySelector(".menu [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - (innerWidth - here.offsetWidth) / 2;
setInterval(look, 30000);
addEventListener("focus", look);
prepare(document);
