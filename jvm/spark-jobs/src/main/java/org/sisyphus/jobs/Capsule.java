package org.sisyphus.jobs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** An EventLogging event, as formats/eventlogging/event-capsule.ts describes it. */
final class Capsule {
  private Capsule() {}

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(900)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z0-9_./-]{1,63}");
  private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  /** The uuid of a line's event. @throws IOException where the line is none, or may be none: the message does not quote it */
  static String uuidOf(String line) throws IOException {
    JsonNode event = parsed(line);
    String uuid = textOf(event, "uuid");
    boolean isEvent =
        uuid != null
            && UUID.matcher(uuid).matches()
            && SCHEMA.matcher(String.valueOf(textOf(event, "schema"))).matches()
            && textOf(event, "wiki") != null
            && isWhole(event.path("revision"))
            && isContent(event.path("event"))
            && isAbsentOr(event.path("seqId"), isWhole(event.path("seqId")))
            && isAbsentOr(event.path("timestamp"), isFinite(event.path("timestamp")));
    for (String name : List.of("recvFrom", "dt", "ip", "webHost", "topic"))
      isEvent = isEvent && isAbsentOr(event.path(name), event.path(name).isTextual());
    if (!isEvent) throw new IOException("a line is no event");
    return uuid;
  }

  private static JsonNode parsed(String line) throws IOException {
    // A byte order mark, which some parsers skip and others refuse, is no event here.
    if (line.isEmpty() || line.charAt(0) != '{') throw new IOException("a line is no event");
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IOException("a line is no JSON");
    }
  }

  private static String textOf(JsonNode event, String name) {
    return event.path(name).textValue();
  }

  private static boolean isWhole(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() && Math.abs(value.longValue()) <= MAX_SAFE_INTEGER;
  }

  private static boolean isFinite(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.doubleValue());
  }

  private static boolean isContent(JsonNode value) {
    return value.isObject() || (value.isArray() && value.isEmpty());
  }

  private static boolean isAbsentOr(JsonNode value, boolean is) {
    return value == MissingNode.getInstance() || is;
  }
}
