// One piece for all parts of the page: what is pressed is told to the server by its data- attributes.
const pressed = (event) => event.target.closest("[data-act]");

const copied = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // a page that is not served over a secure line may not use the clipboard directly
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

element.addEventListener("click", async (event) => {
  const button = pressed(event);
  // every press is told, also while an earlier one is worked on; a double click is one press
  if (!button || button.disabled || event.detail > 1) return;
  if (button.dataset.act === "copy") {
    await copied(button.dataset.text);
    const name = button.textContent;
    button.textContent = "已复制";
    setTimeout(() => (button.textContent = name), 1500);
    return;
  }
  if (button.classList.contains("bq-mark")) {
    document.querySelector("#evidence")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
  trigger("click", { ...button.dataset });
});

element.addEventListener("keydown", (event) => {
  const tab = event.target.closest('[role="tab"]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.parentElement.children];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  event.preventDefault();
  next.focus();
  next.click();
});

// the cited place is brought into view inside its own frame, the frame only where it is out of sight
const settle = () => {
  const hit = element.querySelector(".bq-hit");
  const frame = hit?.closest(".bq-scroll, .bq-passage");
  if (frame) {
    const [inner, outer] = [hit.getBoundingClientRect(), frame.getBoundingClientRect()];
    frame.scrollTop += inner.top - outer.top - frame.clientHeight / 2;
    const label = frame.querySelector("tbody th")?.offsetWidth ?? 0;
    if (inner.right > outer.right || inner.left < outer.left + label) {
      frame.scrollLeft += inner.left - outer.left - (frame.clientWidth + label) / 2;
    }
  }
  const box = element.querySelector(".bq-box");
  if (box) {
    const page = box.closest(".bq-page");
    const middle = () => {
      page.scrollTop = box.offsetTop - page.clientHeight / 2;
      page.scrollLeft = box.offsetLeft - page.clientWidth / 2;
    };
    const image = page.querySelector("img");
    image.complete ? middle() : image.addEventListener("load", middle, { once: true });
  }
  const log = element.querySelector(".bq-log");
  if (log) log.lastElementChild.scrollIntoView({ block: "nearest" });
};
watch("value", settle);
