package org.sisyphus.jobs;

import java.util.HashMap;
import java.util.Map;

/** A job's arguments: pairs of a name and its value. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();

  /** @param names of those that must be there */
  Arguments(String[] args, String... names) {
    for (int i = 0; i + 1 < args.length; i += 2) values.put(args[i], args[i + 1]);
    for (String name : names)
      if (!values.containsKey(name)) throw new IllegalArgumentException(name + " is not given");
  }

  /** Null where it is not given. */
  String get(String name) {
    return values.get(name);
  }
}
