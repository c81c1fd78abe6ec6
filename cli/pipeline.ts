import {
  CONTROL_QUEUE,
  PIPELINE_NAME,
  scopeOfPipeline,
} from "../domain/settings/task-queues";

/** `--pipeline NAME` stands anywhere in a command, as it says what all of it is about. */
const OPTION = "--pipeline";

let chosen: string | undefined;

/** The pipeline that this command is about; undefined where the configuration's only one has no name. */
export const pipelineChosen = (): string | undefined => chosen;

/** A workflow id or a schedule of that pipeline. */
export const scoped = (name: string): string => scopeOfPipeline(chosen) + name;

/** The same of a workflow id that a person gives: it may be whole, as the Web UI shows it. */
export const wholeId = (id: string): string =>
  id.startsWith(scoped("")) ? id : scoped(id);

/** The task queue of its workflows. */
export const controlQueue = (): string => scoped(CONTROL_QUEUE);

/** The pipeline that a workflow belongs to, by its id; undefined where that one has no name. */
export function pipelineOfId(
  workflowId: string,
  begins: string,
): string | undefined {
  const at = workflowId.indexOf(begins);
  return at > 0 ? workflowId.slice(0, at - 1) : undefined;
}

/**
 * Whether a list is to have a workflow, by its id. Where no pipeline is chosen it has those of all: one that looked empty would say that nothing is
 * wrong.
 * @param begins what its id begins with, within its pipeline
 */
export const isListed = (workflowId: string, begins: string): boolean =>
  chosen === undefined || workflowId.startsWith(scoped(begins));

/**
 * Takes the choice of a pipeline out of a command's words.
 * @returns the other words
 * @throws Error where the option has no name behind it, or one that no pipeline can have
 */
export function choosePipeline(
  words: string[],
  environment: NodeJS.ProcessEnv,
): string[] {
  const rest: string[] = [];
  let given = environment["SISYPHUS_PIPELINE"] || undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    // What stands behind it is an argument, whatever it looks like.
    if (word === "--") {
      rest.push(...words.slice(at));
      break;
    }
    if (word === OPTION) given = words[++at] ?? "";
    else if (word.startsWith(`${OPTION}=`))
      given = word.slice(OPTION.length + 1);
    else rest.push(word);
  }
  if (given !== undefined && !PIPELINE_NAME.test(given))
    throw new Error(
      `${OPTION}: given ${JSON.stringify(given)}, allowed is the name of a pipeline: small letters, digits, - and _`,
    );
  chosen = given;
  return rest;
}
