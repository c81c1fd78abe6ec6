import { FormatError } from "../../../../formats/format-error";
import {
  decodeGroupRights,
  decodeTopicRights,
  encodeGroupRightsRequest,
  encodeTopicRightsRequest,
} from "../../../../formats/kafka/rights";
import {
  GROUP_RIGHTS_ANSWER,
  TOPIC_RIGHTS_ANSWER,
} from "../../../fuzz/seeds/kafka";

test("what may be done with topics and the cluster is read; of topics that are not there nothing", () => {
  const { topics, cluster } = decodeTopicRights(TOPIC_RIGHTS_ANSWER);
  expect([...topics]).toEqual([
    [
      "abc",
      { isHidden: false, operations: new Set(["Read", "Write", "Describe"]) },
    ],
    ["def", { isHidden: true, operations: new Set() }],
    ["ghi", { isHidden: false, operations: undefined }],
  ]);
  expect(cluster).toEqual(new Set(["Describe"]));
});

test("what may be done with a group is read", () => {
  expect(decodeGroupRights(GROUP_RIGHTS_ANSWER)).toEqual(
    new Set(["Read", "Delete", "Describe"]),
  );
});

test("an answer that ends early is no answer", () => {
  for (let length = 0; length < TOPIC_RIGHTS_ANSWER.length; length += 5)
    expect(() =>
      decodeTopicRights(TOPIC_RIGHTS_ANSWER.subarray(0, length)),
    ).toThrow(FormatError);
});

test("requests ask for rights, and make nothing", () => {
  expect(encodeTopicRightsRequest(["abc"]).toString("hex")).toBe(
    "00000001" + "0003616263" + "00" + "0101",
  );
  expect(encodeGroupRightsRequest("g").toString("hex")).toBe(
    "00000001" + "000167" + "01",
  );
});
