// CodeMirror over a textarea, in the colors of the house.
//
// It lives in a shadow root: there its styles are constructed sheets, which our Content-Security-Policy allows.

export async function layOver(field, { bundle, label, onChange, onSave }) {
  const cm = await import(bundle);
  const host = document.createElement("div");
  host.className = "bench-code";
  field.before(host);
  const root = host.attachShadow({ mode: "open" });
  const view = new cm.EditorView({
    root,
    parent: root,
    state: cm.EditorState.create({ doc: field.value, extensions: extensions(cm, { label, onSave, field, onChange }) }),
  });
  const hadFocus = document.activeElement === field;
  field.hidden = true;
  field.labels?.forEach((one) => one.setAttribute("hidden", ""));
  if (hadFocus) view.focus();
  return new Editor(cm, view);
}

class Editor {
  constructor(cm, view) {
    this.cm = cm;
    this.view = view;
  }

  // Shows problems in the gutter and under the words.
  mark(problems) {
    const { state } = this.view;
    const diagnostics = problems.map(({ line, column, severity, message }) => {
      const from = this.#at(line, column);
      const end = state.doc.lineAt(from).to;
      const word = /^\S*/.exec(state.doc.sliceString(from, end))[0].length;
      return { from, to: Math.min(from + word, end), severity, message };
    });
    this.view.dispatch(this.cm.setDiagnostics(state, diagnostics));
  }

  jump(line, column) {
    const at = this.#at(line, column);
    this.view.dispatch({ selection: { anchor: at }, effects: this.cm.EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }

  // Puts lines of their own where the cursor is.
  insert(text) {
    const { state } = this.view;
    const { head } = state.selection.main;
    const line = state.doc.lineAt(head);
    const blank = line.text.trim() === "";
    const at = blank ? line.from : line.to;
    const block = blank ? `${text}\n` : `\n\n${text}\n`;
    this.view.dispatch({ changes: { from: at, to: blank ? line.to : at, insert: block },
                         selection: { anchor: at + block.length }, scrollIntoView: true });
    this.view.focus();
  }

  place(x, y) {
    const at = this.view.posAtCoords({ x, y });
    if (at !== null) this.view.dispatch({ selection: { anchor: at } });
  }

  #at(line, column) {
    const { doc } = this.view.state;
    const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
    // Columns count characters; the editor counts units, of which a rare character has two.
    const before = [...found.text].slice(0, column - 1).join("").length;
    return Math.min(found.from + before, found.to);
  }
}

function extensions(cm, { label, onSave, field, onChange }) {
  return [
    cm.lineNumbers(),
    cm.lintGutter(),
    cm.history(),
    cm.drawSelection(),
    cm.dropCursor(),
    cm.highlightActiveLine(),
    cm.highlightActiveLineGutter(),
    cm.EditorView.lineWrapping,
    cm.search({ top: true }),
    language(cm),
    cm.syntaxHighlighting(letters(cm)),
    cm.EditorView.theme(LOOK),
    cm.EditorView.contentAttributes.of({
      "aria-label": label, tabindex: "0", spellcheck: "true", autocapitalize: "sentences",
    }),
    cm.keymap.of([
      { key: "Mod-s", run: () => { onSave(); return true; } },
      ...cm.markdownKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.lintKeymap, ...cm.defaultKeymap,
      cm.indentWithTab,
    ]),
    cm.EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      field.value = update.state.doc.toString();
      onChange();
    }),
  ];
}

// Markdown, with the settings between two lines of three hyphens at its beginning.
function language(cm) {
  const settings = {
    defineNodes: [{ name: "Settings", block: true }, { name: "Remark", style: cm.tags.comment }],
    parseBlock: [{
      name: "Settings",
      before: "HorizontalRule",
      parse(context, line) {
        if (context.lineStart !== 0 || line.text.trimEnd() !== "---") return false;
        const remarks = [context.elt("Remark", 0, line.text.length)];
        while (context.nextLine()) {
          const from = context.lineStart;
          const closes = line.text.trimEnd() === "---";
          const quiet = closes ? 0 : line.text.search(/(?:^|\s\s)\s*#/);
          if (quiet >= 0) remarks.push(context.elt("Remark", from + quiet, from + line.text.length));
          if (closes) { context.nextLine(); break; }
        }
        context.addElement(context.elt("Settings", 0, context.prevLineEnd(), remarks));
        return true;
      },
    }],
  };
  const known = cm.markdownLanguage;
  const parser = known.parser.configure([settings]);
  return new cm.LanguageSupport(new cm.Language(known.data, parser, [], "markdown"));
}

function letters({ HighlightStyle, tags }) {
  return HighlightStyle.define([
    { tag: tags.heading, color: "var(--primary-deep)", fontWeight: "700" },
    { tag: tags.strong, fontWeight: "700" },
    { tag: tags.emphasis, fontStyle: "italic" },
    { tag: [tags.link, tags.url], color: "var(--primary)" },
    { tag: [tags.processingInstruction, tags.contentSeparator, tags.meta, tags.comment], color: "var(--quiet)" },
    { tag: tags.quote, color: "var(--quiet)" },
    { tag: tags.monospace, color: "var(--attention)" },
  ]);
}

const LOOK = {
  "&": { height: "100%", color: "var(--ink)", background: "var(--raised)", fontSize: "1rem", borderRadius: "inherit" },
  "&.cm-focused": { outline: "3px solid var(--primary)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'Cascadia Mono', 'Source Code Pro', Menlo, Consolas, monospace",
                    fontSize: ".9375rem", lineHeight: "1.65" },
  ".cm-content": { padding: ".75rem 0", caretColor: "var(--primary)" },
  ".cm-line": { padding: "0 .75rem 0 .25rem" },
  ".cm-cursor": { borderLeft: "2px solid var(--primary)" },
  ".cm-gutters": { color: "var(--quiet)", background: "var(--sunken)", border: "0", borderRight: "var(--hairline)" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--primary-wash) 45%, transparent)" },
  ".cm-activeLineGutter": { color: "var(--ink)", background: "var(--primary-wash)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "color-mix(in srgb, var(--primary) 28%, transparent)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--wrong)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--attention)" },
  ".cm-lintPoint-error::after": { borderBottomColor: "var(--wrong)" },
  ".cm-lintPoint-warning::after": { borderBottomColor: "var(--attention)" },
  ".cm-gutter-lint": { width: "1.25em" },
  ".cm-lint-marker": { content: "none !important", width: ".6875em", height: ".6875em", margin: ".45em .2em" },
  ".cm-lint-marker-error": { background: "var(--wrong)", borderRadius: "50%" },
  ".cm-lint-marker-warning": { background: "var(--attention)", transform: "rotate(45deg)" },
  ".cm-tooltip": { color: "var(--ink)", background: "var(--raised)", border: "1px solid var(--edge)",
                   borderRadius: "var(--radius)", maxWidth: "28rem", font: "400 .9375rem/1.5 var(--sans)" },
  ".cm-diagnostic": { padding: ".5rem .75rem", borderLeftWidth: "4px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--wrong)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--attention)" },
  ".cm-panels": { color: "var(--ink)", background: "var(--sunken)", borderBottom: "var(--hairline)" },
  ".cm-panel.cm-search": { padding: ".5rem 2.5rem .5rem .75rem", font: "400 .9375rem/1.5 var(--sans)" },
  ".cm-textfield": { color: "inherit", background: "var(--raised)", border: "1px solid var(--edge)",
                     borderRadius: ".25rem", fontSize: "inherit", padding: ".25rem .5rem" },
  ".cm-button": { color: "var(--ink)", background: "var(--raised)", backgroundImage: "none", fontSize: "inherit",
                  border: "1px solid var(--edge)", borderRadius: ".25rem", padding: ".25rem .75rem" },
  "@media (forced-colors: active)": {
    "& .cm-lint-marker": { forcedColorAdjust: "none" },
    "& .cm-activeLine": { outline: "1px dotted" },
  },
};
