import { asText, type JsonObject } from "../json.ts";

/**
 * Puts the answer together from its deltas and its whole items. Each piece of text is delivered once; each item is a
 * block of its own.
 */
export function codexText(deliver: (delta: string, block: number) => void) {
  const items = new Map<string, { readonly block: number; length: number }>();
  const write = (id: string, text: string): void => {
    if (text === "") return;
    // Counted with the first character, so that an empty item leaves no gap.
    const item = items.get(id) ?? { block: items.size, length: 0 };
    items.set(id, item);
    item.length += text.length;
    deliver(text, item.block);
  };
  return {
    /** `item/agentMessage/delta` and `item/plan/delta`. */
    delta(params: JsonObject): void {
      write(asText(params.itemId) ?? "", asText(params.delta) ?? "");
    },
    /** An item of the kinds `agentMessage` and `plan` that is complete: what its deltas have not told. */
    whole(item: JsonObject): void {
      const id = asText(item.id) ?? "";
      write(id, (asText(item.text) ?? "").slice(items.get(id)?.length ?? 0));
    },
  };
}
