import { join } from "node:path";
import { SEARCH_ATTRIBUTES } from "../../../temporal-config/search-attributes";
import { SANDBOX_DIR } from "../paths";
import { launch } from "../processes";
import { portAnswers } from "../wait";
import type { Service } from "./service";

/** The Temporal namespace in which the sandbox's workflows live. */
export const NAMESPACE = "sisyphus";

export const temporal: Service = {
  name: "temporal",
  title: "Temporal server",
  port: "temporal",
  also: ["temporalUi", "temporalMetrics"],
  start: (p, tools) =>
    launch("temporal", tools.temporal, [
      "server",
      "start-dev",
      "--ip=127.0.0.1",
      "--ui-ip=127.0.0.1",
      `--port=${p.temporal}`,
      `--ui-port=${p.temporalUi}`,
      `--metrics-port=${p.temporalMetrics}`,
      `--db-filename=${join(SANDBOX_DIR, "temporal.db")}`,
      `--namespace=${NAMESPACE}`,
      "--log-level=warn",
      ...Object.entries(SEARCH_ATTRIBUTES).map(
        ([name, type]) => `--search-attribute=${name}=${type}`,
      ),
    ]),
  ready: async (p) =>
    (await portAnswers(p.temporal)) && (await portAnswers(p.temporalUi)),
  link: (p) =>
    `http://127.0.0.1:${p.temporalUi}/namespaces/${NAMESPACE}/workflows`,
};
