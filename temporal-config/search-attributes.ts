/** The typed search attributes that every workflow carries, and their types as the Temporal CLI writes them. */
export const SEARCH_ATTRIBUTES = {
  Topics: "KeywordList",
  HourFrom: "Datetime",
  HourTo: "Datetime",
  Verdict: "KeywordList",
  Phase: "Keyword",
  EventsMissing: "Int",
  EventsReplayed: "Int",
} as const;
