import type { z } from "zod";
import { readAudited } from "../clients/audited-hours";
import type { Storage } from "../clients/storage";
import {
  hourAnswer,
  type HourRules,
  MAX_AGE_MS,
  watermarkOf,
} from "../domain/audit/usable-hours";
import { hourQuestion, tableQuestion } from "../domain/settings/hour-question";
import { issuesText } from "../domain/settings/issues-text";
import type { Answer } from "./http-answer";

type Reader = Pick<Storage, "read" | "readRef">;

/** The path below which other programs ask. Its number changes where an answer's shape does otherwise than by another field. */
export const API = "/v1/";

const NO_SUCH_PATH: Answer = {
  status: 404,
  text: "see /v1/hours/<table or topic>/<hour> and /v1/tables/<table>/watermark\n",
};

/** @param text says what is wrong with what was asked */
const nonsense = (text: string): Answer => ({
  status: 400,
  text: `${text}\n`,
});

/**
 * Answers `/v1/hours/<table or topic>/<hour>` and `/v1/tables/<table>/watermark` as JSON, by what audits have stored. What nobody knows is a 404, and
 * what is no question a 400; every other answer is a 200 whose `state` says whether the hour may be used.
 * @param names the path's names below {@link API}, decoded; undefined where they cannot be
 * @param now epoch ms
 * @throws what storage throws where it does not answer
 */
export async function answerHours(
  storage: Reader,
  rules: HourRules,
  names: string[] | undefined,
  query: URLSearchParams,
  now: number,
): Promise<Answer> {
  if (names === undefined)
    return nonsense("the path names nothing that can be asked of");
  const [kind, name, rest, ...more] = names;
  if (more.length > 0 || rest === undefined) return NO_SUCH_PATH;
  // A parameter that is written wrongly would be one that nobody heeds, and the answer older than it may be.
  const asked = { ...Object.fromEntries(query), name };
  if (kind === "hours")
    return ask(hourQuestion, { ...asked, hour: rest }, async (question) =>
      hourAnswer(
        question.name,
        question.hour,
        await readAudited(storage),
        rules,
        { now, maxAge: question.maxAge ?? MAX_AGE_MS },
      ),
    );
  if (kind === "tables" && rest === "watermark")
    return ask(tableQuestion, asked, async (question) =>
      watermarkOf(question.name, await readAudited(storage), rules, {
        now,
        maxAge: question.maxAge ?? MAX_AGE_MS,
      }),
    );
  return NO_SUCH_PATH;
}

/** Asks only what is a question. */
async function ask<T>(
  schema: z.ZodType<T>,
  given: object,
  answer: (question: T) => Promise<{ state: string; why: string }>,
): Promise<Answer> {
  const parsed = schema.safeParse(given);
  if (!parsed.success) return nonsense(issuesText("the request", parsed.error));
  const found = await answer(parsed.data);
  return found.state === "unknown"
    ? { status: 404, text: `${found.why}\n` }
    : {
        status: 200,
        headers: { "content-type": "application/json" },
        text: `${JSON.stringify(found)}\n`,
      };
}
