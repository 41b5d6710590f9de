import assert from "node:assert/strict";
import test from "node:test";
import { readInitData } from "../../src/web/init-data.ts";
import { type Fields, signed as sign } from "./init-data.ts";

const TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const NOW = Date.UTC(2026, 5, 1);
const SECONDS = NOW / 1_000;
const USER = JSON.stringify({ id: 7, first_name: "Ada & Söhne=", username: "ada" });

const fields: Fields = { auth_date: String(SECONDS), query_id: "AAH", signature: "ed25519", user: USER };

const signed = (given: Fields, token = TOKEN): string => sign(given, token);

/** With a field put in or changed after the signature. */
function changed(initData: string, name: string, value: string): string {
  const all = new URLSearchParams(initData);
  all.set(name, value);
  return all.toString();
}

const ada = { userId: 7, name: "Ada & Söhne=", startParam: undefined };
const good = signed(fields);

const cases: readonly [what: string, initData: string, launch: object | undefined][] = [
  ["as Telegram signs it", good, ada],
  ["with what the link said", signed({ ...fields, start_param: "term-1" }), { ...ada, startParam: "term-1" }],
  ["with a field that is not known yet", signed({ ...fields, zebra: "1" }), ada],
  ["five minutes old", signed({ ...fields, auth_date: String(SECONDS - 300) }), ada],
  ["a clock that is behind by a moment", signed({ ...fields, auth_date: String(SECONDS + 20) }), ada],
  ["older than five minutes", signed({ ...fields, auth_date: String(SECONDS - 301) }), undefined],
  ["in the future", signed({ ...fields, auth_date: String(SECONDS + 60) }), undefined],
  ["without a date", signed({ user: USER }), undefined],
  ["with a strange date", signed({ ...fields, auth_date: `${SECONDS}e0` }), undefined],
  ["for another bot", signed(fields, `${TOKEN}x`), undefined],
  ["another user put in", changed(good, "user", '{"id":8,"first_name":"Eve"}'), undefined],
  ["a session put in", changed(good, "start_param", "term-1"), undefined],
  ["the GET parameter of that name", changed(good, "tgWebAppStartParam", "term-1"), undefined],
  ["the signature taken out", good.replace(/signature=[^&]*&/, ""), undefined],
  ["a field twice, the false one first", `user=%7B%22id%22%3A8%7D&${good}`, undefined],
  ["a field twice, the false one last", `${good}&user=%7B%22id%22%3A8%7D`, undefined],
  ["the hash twice", `${good}&hash=${"0".repeat(64)}`, undefined],
  ["no hash", good.replace(/&hash=.*/, ""), undefined],
  ["half a hash", good.slice(0, -32), undefined],
  ["a hash of other characters", changed(good, "hash", "z".repeat(64)), undefined],
  ["nothing", "", undefined],
  ["no user, as from an inline keyboard", signed({ auth_date: String(SECONDS) }), undefined],
  ["a user without an id", signed({ ...fields, user: '{"username":"ada"}' }), undefined],
  ["an id that is a name", signed({ ...fields, user: '{"id":"ada"}' }), undefined],
  ["an id of a group", signed({ ...fields, user: '{"id":-7}' }), undefined],
  ["a bot", signed({ ...fields, user: '{"id":7,"is_bot":true}' }), undefined],
  ["a user that is no JSON", signed({ ...fields, user: "{" }), undefined],
  ["a user without a name", signed({ ...fields, user: '{"id":7}' }), { ...ada, name: "7" }],
];

test("launch data counts when Telegram has signed it for this bot, within five minutes", () => {
  for (const [what, initData, launch] of cases) {
    const read = readInitData(initData, TOKEN, NOW);
    assert.deepEqual(read, launch, what);
  }
});
