// Says in French what Streamlit says in English and has no parameter for: names read aloud, words shown in fields.
(() => {
  const WORDS = [
    [/^Skip to main content$/, "Aller au contenu"],
    [/^App pages$/, "Pages de Balise"],
    [/^Link to heading$/, "Lien vers ce titre"],
    [/^Send message$/, "Envoyer"],
    [/^Choose an option$/, "Choisir"],
    [/^Open$/, "Ouvrir la liste"],
    [/^Clear (all|value)$/, "Effacer"],
    [/^Close$/, "Fermer"],
    [/^Add files$/, "Ajouter un fichier"],
    [/^file upload$/, "Fichier"],
    [/^progress$/, "Progression"],
    [/^visualization$/, "graphique"],
    [/^group mark container$/, "contenu du graphique"],
    [/^Help for /, "Aide : "],
    [/^Remove /, "Retirer "],
    [/^Shortcut /, "Raccourci "],
    [/^Add: /, "Ajouter : "],
    [/ options? available\.$/, " choix."],
    // What was typed is escaped in a label, which is read aloud as it is written.
    [/\\(?=[!-/:-@[-`{-~])/g, ""],
  ];
  const NAMES = ["aria-label", "aria-roledescription", "placeholder"];
  const TEXTS = '[data-testid="stSkipToContent"], [role="log"] > div, [data-key="__creatable__"] > div';
  // A word always stands beside an icon: read aloud, its English name would be noise.
  const ICONS = '[role="img"][aria-label$=" icon"]';
  // The button of the uploader is named by the style sheet alone, and its frame is named though it says it has no role.
  const UPLOAD = '[data-testid="stFileUploaderDropzone"]';
  const ALL = [...NAMES.map((name) => `[${name}]`), TEXTS, `${UPLOAD} > span button`].join();
  const french = (said) => WORDS.reduce((words, [english, own]) => words.replace(english, own), said);
  const tell = (node) => {
    if (node.matches(ICONS)) node.ariaHidden = "true";
    if (node.matches(UPLOAD)) node.role = "group";
    if (node.matches(`${UPLOAD} > span button:not([aria-label])`)) node.ariaLabel = "Choisir un fichier";
    for (const name of NAMES) {
      const said = node.getAttribute(name);
      if (said && french(said) !== said) node.setAttribute(name, french(said));
    }
    const text = node.matches(TEXTS) && node.firstChild;
    if (text instanceof Text && french(text.data) !== text.data) text.data = french(text.data);
  };
  const tellAll = (root) => root.querySelectorAll(ALL).forEach(tell);
  const watched = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      tell(target instanceof Element ? target : (target.parentElement ?? document.body));
      for (const node of addedNodes) if (node instanceof Element) (tell(node), tellAll(node));
    }
  }).observe(document, watched);
  tellAll(document);
})();
