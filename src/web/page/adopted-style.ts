/**
 * Stands in for the `<style>` elements of the terminal emulator, which the page's policy would refuse: what is written
 * into it becomes a style sheet of the document. The build puts it in their place.
 */
export function adoptedStyle(): HTMLElement {
  const sheet = new CSSStyleSheet();
  const standIn = document.createElement("template");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  Object.defineProperties(standIn, {
    textContent: { set: (text: string) => sheet.replaceSync(text) },
    remove: {
      value: () => {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
      },
    },
  });
  return standIn;
}
