// Commits the text area being typed in: after two seconds of pause, and before a save by the keyboard.
// Streamlit sends what a text area holds only when it is left, or on Ctrl+Enter: this presses it.
(() => {
  const PAUSE = 2000;
  let timer;
  const enter = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true };
  // Released as it was pressed: else the page takes Enter for held down, and no other shortcut answers.
  const commit = (area) =>
    area.isConnected && ["keydown", "keyup"].forEach((type) => area.dispatchEvent(new KeyboardEvent(type, enter)));
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement) || target.closest('[data-testid="stChatInput"]')) return;
    clearTimeout(timer);
    timer = setTimeout(commit, PAUSE, target);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      const form = document.activeElement?.closest?.(".st-key-section_form");
      document.activeElement?.blur?.();
      if (form) Object.assign(form, { tabIndex: -1 }).focus({ preventScroll: true });
    },
    true,
  );
})();
