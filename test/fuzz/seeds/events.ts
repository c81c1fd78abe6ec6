/** Values of the seeds' events that no error may repeat: an address and a part of a user agent. */
export const SECRETS = ["198.51.100", "SecretAgent"] as const;

const AGENT = "SecretAgent/1.0 (X11; Linux x86_64)";

/** Lines of all-events.log; one has a number that JavaScript cannot hold. */
export const EVENT_LINES = [
  JSON.stringify({
    event: {
      action: "init",
      editingSessionId: "0123abcd",
      n: 0,
    },
    schema: "Edit",
    revision: 17541122,
    wiki: "enwiki",
    uuid: "0123456789abcdef0123456789abcdef",
    recvFrom: "cp1065.eqiad.wmnet",
    seqId: 12345678,
    dt: "2018-07-05T03:07:00Z",
    ip: "198.51.100.7",
    webHost: "en.wikipedia.org",
    userAgent: { browser_family: AGENT, is_bot: false, wmf_app_version: "-" },
  }).replace('"n":0', '"n":9007199254740993'),
  JSON.stringify({
    event: [],
    schema: "NavigationTiming",
    revision: 18022118,
    wiki: "dewiki",
    uuid: "fedcba9876543210fedcba9876543210",
    timestamp: 1530760020.5,
    userAgent: AGENT,
    ip: "198.51.100.8",
  }),
];

/** A row of a table of EventLogging's MySQL, as the driver gives it. */
export const MYSQL_ROW = JSON.stringify({
  id: 1,
  uuid: "0123456789abcdef0123456789abcdef",
  timestamp: "20180705030700",
  wiki: "enwiki",
  webHost: "en.wikipedia.org",
  userAgent: `{"browser_family":"${AGENT}"}`,
  event_action: "init",
  event_n: 5,
  event_none: null,
});
