// Loaded into a bridge with `--require`: every place where it changes the disk, talks to Telegram, or starts, tells or
// ends a process is a point with a name, such as `before fsync journal.jsonl: started#1`. Each point passed is a line of
// the file CRASH_LOG; at the point CRASH_AT the bridge is killed. Agents do not get it: only what the bridge does counts.
const fs = require("node:fs");
const promises = require("node:fs/promises");
const http = require("node:http");
const childProcess = require("node:child_process");
const { basename } = require("node:path");

const { CRASH_LOG: logPath, CRASH_AT: crashAt } = process.env;
delete process.env.CRASH_LOG;
delete process.env.CRASH_AT;
delete process.env.NODE_OPTIONS;

const realWrite = fs.writeSync;
const realKill = process.kill.bind(process);
const log = fs.openSync(logPath, "a");
const counts = new Map();

/** The names of what happens now, which count for later ones. */
function named(labels) {
  return labels.map((label) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return `${label}#${count}`;
  });
}

/**
 * Passes a point. Of several names the last one is enumerated, since each of the others may stand alone in another run.
 * @param detail Only for people: it may differ between two runs.
 */
function pass(ids, detail) {
  const last = ids.includes(crashAt) ? crashAt : ids.at(-1);
  realWrite(log, `${last}\t${detail}\n`);
  if (last === crashAt) realKill(process.pid, "SIGKILL");
}

function point(when, labels, detail = "") {
  pass(named(labels.map((label) => `${when} ${label}`)), detail);
}

function around(label, detail, act) {
  const labels = [label].flat();
  point("before", labels, detail);
  const result = act();
  if (!(result instanceof Promise)) {
    point("after", labels, detail);
    return result;
  }
  return result.then((value) => {
    point("after", labels, detail);
    return value;
  });
}

// The same in every run: job ids, pids, bots and ports are not.
const nameOf = (path) =>
  basename(String(path))
    .replace(/^\d+-[0-9a-f]{8}\b/, "JOB")
    .replace(/^bot-.*\.lock/, "bot.lock")
    .replace(/\.\d+$/, ".PID");

/** Of file descriptors and file handles. */
const names = new Map();
const handles = new WeakMap();
const openHandles = new Set();

const changesByFlags = (flags = "r") =>
  typeof flags === "number"
    ? (flags & (fs.constants.O_CREAT | fs.constants.O_TRUNC)) !== 0
    : !/^r/.test(String(flags));

/** Wraps functions whose first argument is a path, or a descriptor that was opened here. */
function wrapPathCalls(holder, calls) {
  for (const [name, word] of Object.entries(calls)) {
    const real = holder[name];
    holder[name] = (target, ...rest) => {
      // writeFileSync calls it: one point for both.
      if (name === "writeSync" && writing) return real.call(holder, target, ...rest);
      const file = typeof target === "number" ? (names.get(target) ?? target) : nameOf(target);
      return around(`${word} ${file}`, "", () => {
        writing = name === "writeFileSync";
        try {
          return real.call(holder, target, ...rest);
        } finally {
          writing = false;
        }
      });
    };
  }
}
let writing = false;

/** The kinds of the records in what goes to a journal. How many share a write differs between two runs. */
function kindsOf(data) {
  const kinds = typeof data === "string" ? [...data.matchAll(/^\{"k":"(\w+)"/gm)] : [];
  return kinds.map(([, kind]) => kind);
}

wrapPathCalls(fs, {
  ...{ writeFileSync: "write", appendFileSync: "append", writeSync: "write", rmSync: "rm", unlinkSync: "rm" },
  ...{ linkSync: "link", renameSync: "rename", mkdirSync: "mkdir", chmodSync: "chmod", rmdirSync: "rmdir" },
  ...{ truncateSync: "truncate", ftruncateSync: "truncate", fsyncSync: "fsync", symlinkSync: "symlink" },
});
wrapPathCalls(promises, {
  ...{ writeFile: "write", appendFile: "append", rm: "rm", unlink: "rm", rename: "rename", mkdir: "mkdir" },
  ...{ chmod: "chmod", truncate: "truncate", link: "link" },
});

const renamed = promises.rename;
promises.rename = async (from, to) => {
  await renamed(from, to);
  for (const known of openHandles) if (known.name === nameOf(from)) known.name = nameOf(to);
};

const realOpenSync = fs.openSync;
fs.openSync = (path, flags, ...rest) => {
  const open = () => realOpenSync(path, flags, ...rest);
  const file = changesByFlags(flags) ? around(`open ${nameOf(path)}`, "", open) : open();
  names.set(file, nameOf(path));
  return file;
};

const realOpen = promises.open;
promises.open = async (path, flags, ...rest) => {
  const open = () => realOpen(path, flags, ...rest);
  const handle = await (changesByFlags(flags) ? around(`open ${nameOf(path)}`, "", open) : open());
  const known = { name: nameOf(path) };
  handles.set(handle, known);
  openHandles.add(known);
  wrapHandle(Object.getPrototypeOf(handle));
  return handle;
};

const HANDLE_CALLS = {
  ...{ appendFile: "append", write: "write", writeFile: "write", sync: "fsync", datasync: "fsync" },
  ...{ truncate: "truncate", chmod: "chmod" },
};
let wrapped = false;

/** The class of file handles is not exported: the first handle leads to it. */
function wrapHandle(prototype) {
  if (wrapped) return;
  wrapped = true;
  for (const [name, word] of Object.entries(HANDLE_CALLS)) {
    const real = prototype[name];
    prototype[name] = function (...args) {
      const known = handles.get(this) ?? { name: "file" };
      if (word === "append") known.kinds = kindsOf(args[0]);
      const labels = known.kinds?.length
        ? known.kinds.map((kind) => `${word} ${known.name}: ${kind}`)
        : [`${word} ${known.name}`];
      if (word === "append") tear(labels, this.fd, String(args[0]));
      return around(labels, "", () => real.apply(this, args));
    };
  }
}

/** The point at which half of a write has reached the disk. */
function tear(labels, fd, text) {
  const ids = named(labels.map((label) => `half ${label}`));
  if (ids.includes(crashAt)) {
    const bytes = Buffer.from(text);
    realWrite(fd, bytes, 0, Math.floor(bytes.length / 2));
  }
  pass(ids, "");
}

/** A poll without an offset changes nothing anywhere. */
const isIdlePoll = (method, body) => method === "getUpdates" && !/"offset":/.test(String(body ?? ""));

const realRequest = http.request;
http.request = (...args) => {
  const request = realRequest(...args);
  const method = /\/([A-Za-z]+)$/.exec(request.path)?.[1] ?? "file";
  const { end, emit } = request;
  let label;
  request.end = (body, ...rest) => {
    if (!isIdlePoll(method, body)) {
      label = `POST ${method}`;
      point("before", [label], String(body).slice(0, 200).replace(/\s+/g, " "));
    }
    return end.call(request, body, ...rest);
  };
  request.emit = (event, ...rest) => {
    if (event === "response" && label) point("after", [label]);
    return emit.call(request, event, ...rest);
  };
  return request;
};

const realSpawn = childProcess.spawn;
childProcess.spawn = (...args) => {
  const child = around("spawn", "", () => realSpawn(...args));
  for (const name of ["write", "end"]) {
    const real = child.stdin?.[name];
    if (!real) continue;
    const label = name === "write" ? "stdin of the agent" : "end of the agent's stdin";
    child.stdin[name] = (...rest) =>
      around(label, String(rest[0] ?? "").slice(0, 60), () => real.apply(child.stdin, rest));
  }
  return child;
};

process.kill = (target, signal) => {
  if (signal === 0) return realKill(target, signal);
  return around(`kill ${signal ?? "SIGTERM"}`, "", () => realKill(target, signal));
};
