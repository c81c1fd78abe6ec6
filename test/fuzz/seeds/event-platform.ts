/** Events as an event platform sends them: the identity has dashes, and the time a fraction. */
export const PAGE_CREATE =
  '{"$schema":"/mediawiki/revision/create/1.1.0","meta":{"uri":"https://en.wikipedia.org/wiki/Sisyphus","request_id":"b1a4d1a0-7d9c-4f6f-9f7e-2f5f2f9f7f01","id":"3F2504E0-4f89-41d3-9a0c-0305e82c3301","dt":"2026-03-07T05:10:11.123Z","domain":"en.wikipedia.org","stream":"mediawiki.page-create"},"database":"enwiki","page_id":9007199254740993,"page_title":"Sisyphus","rev_timestamp":"2026-03-07T05:10:11Z"}';

/** @param id of the event @param dt its time */
export const pageCreate = (id: string, dt: string): string =>
  PAGE_CREATE.replace("3F2504E0-4f89-41d3-9a0c-0305e82c3301", id).replace(
    "2026-03-07T05:10:11.123Z",
    dt,
  );
