import { placeOf } from "../../../clients/http-exchange";

test("nobody is sent on from https to what everybody can read, and the address with its token is not told", () => {
  const from = new URL("https://nn:9871/webhdfs/v1/a?op=OPEN");
  expect(() => placeOf("http://dn:9864/a?delegation=t0ken", from)).toThrow(
    /^it sends on from https to http:\/\/dn:9864: refused.*in the clear/,
  );
  expect(placeOf("https://dn:9865/a", from).host).toBe("dn:9865");
  expect(placeOf("/b", from).protocol).toBe("https:");
  expect(placeOf("https://dn/a", new URL("http://nn/a")).host).toBe("dn");
});
