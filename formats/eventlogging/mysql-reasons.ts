/** Why a row is not used, or is used with a doubt. Neither sentence nor column ever holds a value. */
export type RowReason = { why: string; column?: string };

/** Every reason there is for a row not to be used, or to be used with a doubt. */
export const WHY = {
  noUuid: "the uuid is absent or is not 32 hex digits",
  noTime: "the time is absent or cannot be read as one from 2001 to 2100",
  jsonOrText:
    "no event of the schema and revision tells whether this is an array or object, or its text",
  noEvent: "what comes of the row is no event: a field is not of its type",
  flag: "no event of the schema and revision has the field: taken for a boolean by the column's type",
  time: "no event of the schema and revision has the field: written in ISO 8601 as UTC",
  nested:
    "no event of the schema and revision has the field: written under this name, and may have been nested",
  shared:
    "fields of two names have this column, and the field was left out: which it was cannot be told",
  unfit:
    "the value is not of the type that the schema's events have, and the field was left out",
  bytes: "the value is not UTF-8, and the field was left out",
  kinds:
    "the schema's events have the field in several types: the column's own was taken",
  cut: "the text fills its column and may have been cut off",
  float: "FLOAT rounds numbers, and may have rounded this one",
  wiki: "there is no value: written as an empty text",
} as const;
