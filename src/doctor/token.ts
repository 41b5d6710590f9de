import { ApiError, faultOf, NetworkError } from "../telegram/errors.ts";
import { ASK_MS, type Finding, type Patient } from "./examination.ts";
import { networkFix } from "./unreachable.ts";

const NAME = "token";

/** Whether Telegram knows the token, and whose it is. */
export async function token(patient: Patient): Promise<readonly Finding[]> {
  const { client, telegram } = patient;
  if (!telegram) return [];
  if (!client) return [{ name: NAME, state: "skipped", words: "There is no token that could be tried." }];
  try {
    const { username } = await client.call("getMe", {}, { timeoutMs: ASK_MS });
    return [{ name: NAME, state: "pass", words: `The bot is @${username}.` }];
  } catch (error) {
    return [{ name: NAME, ...troubleOf(error, patient) }];
  }
}

/** What is the matter when a call to Telegram fails. */
function troubleOf(error: unknown, patient: Patient): Omit<Finding, "name"> {
  if (error instanceof NetworkError) {
    const reason = error.message.replace(`${error.method}: `, "");
    return { state: "fail", words: `Telegram cannot be asked: ${reason}.`, fix: networkFix(patient) };
  }
  if (!(error instanceof ApiError)) throw error;
  switch (faultOf(error)) {
    case "flood":
      return {
        state: "warning",
        words: `Telegram wants no calls for ${error.retryAfter ?? "some"} s.`,
        fix: "Wait, then try again.",
      };
    case "server":
      return {
        state: "warning",
        words: `Telegram has trouble of its own (${error.code} ${error.description}).`,
        fix: "Try again in a few minutes.",
      };
    default:
      return {
        state: "fail",
        words: `Telegram does not know this token (${error.code} ${error.description}).`,
        fix: "Copy it again from @BotFather (/mybots, API Token) and put it into .env as TELEGRAM_BOT_TOKEN.",
      };
  }
}
