// Commits the text area being typed in: after two seconds of pause, and before a save by the keyboard.
// Streamlit sends what a text area holds only when it is left, or on Ctrl+Enter: this presses it.
(() => {
  const PAUSE = 2000;
  let timer;
  const commit = (area) =>
    area.isConnected &&
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true }));
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
      document.activeElement?.blur?.();
    },
    true,
  );
})();
