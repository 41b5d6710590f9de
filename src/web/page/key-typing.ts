import { device } from "./device.ts";
import type { BarTarget } from "./input-bar.ts";
import { replaced } from "./replaced.ts";

// Something to delete: keyboards on glass say nothing of a backspace in an empty field.
const FILLER = "\u200b\u200b";

/**
 * Makes a text field send each key at once. Keyboards on glass compose Latin words too, letter by letter: there each
 * letter goes out as it comes and what the keyboard corrects is corrected. What is composed in other scripts goes out
 * when it is done.
 */
export function createKeyTyping(
  field: HTMLTextAreaElement,
  target: BarTarget,
  active: () => boolean,
): { reset(): void } {
  // What of the word being composed has gone out.
  let sent = "";
  let composing = false;
  const reset = (): void => {
    sent = "";
    field.value = active() ? FILLER : "";
    field.setSelectionRange(field.value.length, field.value.length);
  };
  const advance = (text: string): void => {
    const bytes = replaced(sent, text);
    if (bytes !== "") target.type(bytes);
    sent = text;
  };
  const isLatin = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

  field.addEventListener("compositionstart", () => {
    composing = true;
    sent = "";
  });
  field.addEventListener("compositionupdate", ({ data }) => {
    if (active() && isLatin(data) && device.read("composesInLatin") !== "on") advance(data);
  });
  field.addEventListener("compositionend", ({ data }) => {
    composing = false;
    if (!active()) return;
    // Pinyin and the like: from now on this device's compositions wait until they are done.
    if (sent !== "" && !isLatin(data)) device.write("composesInLatin", "on");
    advance(data);
    // Later, as the browser still puts the text into the field.
    setTimeout(() => {
      if (!composing) reset();
    });
  });
  field.addEventListener("beforeinput", (event) => {
    if (!active() || event.isComposing || event.inputType === "insertCompositionText") return;
    event.preventDefault();
    switch (event.inputType) {
      case "deleteContentBackward":
      case "deleteWordBackward":
        target.type(event.inputType === "deleteWordBackward" ? "\x17" : "\x7f");
        return;
      case "insertLineBreak":
      case "insertParagraph":
        target.type("\r");
        return;
      case "insertFromPaste":
      case "insertFromDrop":
        target.paste(event.dataTransfer?.getData("text/plain") ?? event.data ?? "", false);
        return;
      default:
        if (event.data !== null) target.type(event.data);
    }
  });
  return { reset };
}
