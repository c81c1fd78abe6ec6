package org.sisyphus.jobs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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
                          // Fewer than the thousand that event-capsule.ts takes, which counts them in another way.
                          .maxNestingDepth(900)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z0-9_./-]{1,63}");
  private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  /** The uuid of a line's event. @throws NotCounted where the line is none, or may be none */
  static String uuidOf(String line) throws NotCounted {
    JsonNode event = parsed(line);
    String uuid = textOf(event, "uuid");
    String schema = textOf(event, "schema");
    boolean isEvent =
        uuid != null
            && UUID.matcher(uuid).matches()
            && schema != null
            && SCHEMA.matcher(schema).matches()
            && textOf(event, "wiki") != null
            && isWhole(event.path("revision"))
            && isContent(event.path("event"))
            && isAbsentOr(event.path("seqId"), isWhole(event.path("seqId")))
            && isAbsentOr(event.path("timestamp"), isFinite(event.path("timestamp")));
    for (String name : List.of("recvFrom", "dt", "ip", "webHost", "topic"))
      isEvent = isEvent && isAbsentOr(event.path(name), event.path(name).isTextual());
    if (!isEvent) throw new NotCounted("a line is no event");
    return uuid;
  }

  static JsonNode parsed(String line) throws NotCounted {
    // Some parsers skip a byte order mark and others refuse it; to some a carriage return ends a line.
    if (line.isEmpty() || line.charAt(0) != '{' || line.indexOf('\r') >= 0) throw new NotCounted("a line is no event");
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new NotCounted("a line is no JSON");
    }
  }

  private static String textOf(JsonNode event, String name) {
    return event.path(name).textValue();
  }

  private static boolean isWhole(JsonNode value) {
    return value.isIntegralNumber()
        && value.canConvertToLong()
        && value.longValue() <= MAX_SAFE_INTEGER
        && value.longValue() >= -MAX_SAFE_INTEGER;
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
