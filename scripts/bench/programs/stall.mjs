// Looks at a terminal until its program is ready, says so, and reads no more.
import { openEnd } from "./terminal-ends.mjs";

const end = await openEnd(process.argv.slice(2));
end.socket.pause();
console.log("{}");
