import { type Hour, hoursIn } from "../../lib/hour";
import { NOTICED } from "../platform/clock";

/**
 * The history that `sandbox incident` plays. What is simulated is the calendar (the broker's clock) and the volume:
 * traffic flows in the hours listed here, the days between are quiet. What the services do with it is theirs.
 */
export const STORY = {
  /** Healthy: the broker stamps messages itself (LogAppendTime). */
  healthy: hoursIn({ since: "2018-06-18T13", until: "2018-06-18T14" }),
  /** The one-time config change: producers' own times count from here on (CreateTime). */
  drift: "2018-06-18T15:30:00Z",
  /** Drifted, yet nothing is lost: older segments that are not expired protect the newer ones. */
  drifted: hoursIn({ since: "2018-06-25T04", until: "2018-06-25T06" }),
  /** A headroom audit here foresees it: what arrives is dated 1970, and what protects it expires within hours. */
  foreseen: "2018-06-25T06:32:00Z",
  /** The protecting segments expire; events dated 1970 go within one retention check, before the importer reads them. */
  lost: hoursIn({ since: "2018-06-26T18", until: "2018-06-26T21" }),
  /** Producers send milliseconds again; Kafka keeps these hours, but the importer skips the topics. */
  stuck: hoursIn({ since: "2018-07-04T23", until: "2018-07-05T02" }),
  /** The refine wrapper that nobody deleted is run by hand on these tables, for the hours in `stuck`. */
  outdatedTables: ["Edit", "UploadWizardStep", "ServerSideAccountCreation"],
  /** This schema's last archived line of the lost hours is cut short by a crash; MySQL has the event. */
  cutSchema: "CentralAuth",
  /** Somebody looks. */
  noticed: NOTICED,
} as const satisfies Record<string, unknown>;

export type StoryTopic = {
  schema: string;
  revision: number;
  /** Mean events an hour. */
  rate: number;
  /** Until the fix on July 3 this producer dated its messages in seconds: the year 1970. */
  seconds: boolean;
  /** High-volume schemas are kept out of all-events.log and MySQL. */
  archived: boolean;
};

const survivors: [string, number, number, boolean][] = [
  ["VirtualPageView", 17780078, 260, false],
  ["NavigationTiming", 18033442, 160, true],
  ["Popups", 17807993, 140, false],
  ["ReadingDepth", 18201205, 110, true],
  ["SaveTiming", 15396492, 22, true],
  ["EchoInteraction", 15823738, 18, true],
  ["Edit", 17541122, 16, true],
  ["UniversalLanguageSelector", 17799034, 14, true],
  ["MobileWebSectionUsage", 15038458, 12, true],
  ["PageContentSaveComplete", 5588433, 11, true],
  ["UploadWizardStep", 11772724, 6, true],
  ["ServerSideAccountCreation", 17719237, 2, true],
  ["MediaViewer", 10867062, 3, true],
  ["ContentTranslation", 18000928, 1, true],
  ["GettingStartedRedirectImpression", 7355552, 0.6, true],
  ["GuidedTourGuiderImpression", 8694395, 0.8, true],
  ["HelpPanel", 18191100, 0.5, true],
  ["WikimediaBlogVisit", 5308166, 0.7, true],
  ["UploadWizardFlowEvent", 11772717, 1, true],
  ["TwoColConflictExit", 18155295, 0.4, true],
  ["KaiosWikipedia", 18175199, 0.5, true],
  ["InukaPageView", 18217000, 0.6, true],
  ["WMDEBannerEvents", 18193948, 0.9, true],
  ["QuickSurveysResponses", 18010593, 0.8, true],
];
const affected: [string, number, number][] = [
  ["CentralAuth", 5690875, 20],
  ["EchoMail", 5467650, 16],
  ["FlowReplies", 10561344, 12],
  ["NewcomerTask", 18111100, 9],
  ["PrefUpdate", 5563398, 8],
  ["CookieBlock", 16046202, 1],
  ["CompletionSuggestions", 13630018, 1.5],
  ["DidYouMean", 13800499, 0.7],
  ["ExternalLinksChange", 15716074, 2],
  ["GeoFeatures", 12914994, 0.8],
  ["Gather-Clicks", 12114785, 0.6],
  ["GlobalBlocking", 15112233, 0.5],
  ["LandingPageImpression", 17790807, 1.2],
  ["MobileOptionsTracking", 8101982, 1],
  ["NewEditorEdit", 6792669, 0.9],
  ["PageCreation", 7481635, 2],
  ["PageDeletion", 7481655, 1],
  ["PageMove", 7495717, 0.8],
  ["TaskRecommendation", 11099838, 0.6],
  ["TemplateDataEditor", 18012345, 0.7],
];

/** 44 schemas, from hundreds of events an hour to one every other hour. */
export const TOPICS: StoryTopic[] = [
  ...survivors.map(([schema, revision, rate, archived]) => ({
    schema,
    revision,
    rate,
    archived,
    seconds: false,
  })),
  ...affected.map(([schema, revision, rate]) => ({
    schema,
    revision,
    rate,
    archived: true,
    seconds: true,
  })),
];

export const topicOf = (schema: string) => `eventlogging_${schema}`;

/** Every hour with traffic. */
export const STORY_HOURS: Hour[] = [
  ...STORY.healthy,
  ...STORY.drifted,
  ...STORY.lost,
  ...STORY.stuck,
];
