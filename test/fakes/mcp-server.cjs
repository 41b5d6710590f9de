// An MCP server over stdio with one tool, `poke`. Plain JavaScript, so that it starts in 40 ms.
const { createInterface } = require("node:readline");

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "toy", version: "1.0.0" },
  }),
  "tools/list": () => ({
    tools: [
      {
        name: "poke",
        description: "Pokes something",
        inputSchema: { type: "object", properties: { what: { type: "string" } } },
      },
    ],
  }),
  "tools/call": ({ arguments: input }) => ({ content: [{ type: "text", text: `poked ${input.what}` }] }),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) return;
  const result = answers[method]?.(params) ?? {};
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
});
