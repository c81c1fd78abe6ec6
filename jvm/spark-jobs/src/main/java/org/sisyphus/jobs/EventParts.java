package org.sisyphus.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where events and their rows have what names them, as formats/events/pointed-events.ts has it: by JSON pointers, or, where none are given, as in
 * EventLogging's capsules.
 */
final class EventParts implements Serializable {
  private static final long serialVersionUID = 1;

  /** As in formats/events/pointed-events.ts. */
  private static final Pattern IDENTITY = Pattern.compile("[\\x21-\\x7e]{1,200}");

  /** The names that lead to an identity in an event, by the order in which they are asked; null for capsules. */
  private final List<List<String>> identity;
  /** The same in a row. */
  final List<List<String>> uuidColumns;
  /** The names of the columns of the address by which a row is geocoded. */
  final List<List<String>> ipColumns;

  /** @param identity a list of pointers as JSON, or null for capsules @param ip likewise */
  EventParts(String identity, String ip) throws IOException {
    this.identity = identity == null ? null : namesOf(identity);
    uuidColumns = identity == null ? List.of(List.of("uuid")) : columnsOf(this.identity);
    ipColumns = ip == null ? List.of(List.of("ip")) : columnsOf(namesOf(ip));
  }

  private static List<List<String>> namesOf(String pointers) throws IOException {
    List<List<String>> all = new ArrayList<>();
    for (JsonNode pointer : new ObjectMapper().readTree(pointers)) {
      List<String> names = new ArrayList<>();
      for (String name : pointer.textValue().substring(1).split("/")) names.add(name.replace("~1", "/").replace("~0", "~"));
      all.add(names);
    }
    return all;
  }

  /** As columnName in formats/events/event-reader.ts. */
  private static List<List<String>> columnsOf(List<List<String>> pointers) {
    List<List<String>> columns = new ArrayList<>();
    for (List<String> names : pointers)
      columns.add(names.stream().map(name -> name.replaceAll("[^A-Za-z0-9_]", "_").toLowerCase(Locale.ROOT)).toList());
    return columns;
  }

  /** What names a line's event. @throws NotCounted where nothing does, or nothing may */
  String uuidOf(String line) throws NotCounted {
    if (identity == null) return Capsule.uuidOf(line);
    JsonNode event = Capsule.parsed(line);
    for (List<String> names : identity) {
      JsonNode at = event;
      for (String name : names) at = at.path(name);
      if (at.isTextual() && IDENTITY.matcher(at.textValue()).matches()) return at.textValue();
    }
    throw new NotCounted("a line is no event that is known");
  }
}
