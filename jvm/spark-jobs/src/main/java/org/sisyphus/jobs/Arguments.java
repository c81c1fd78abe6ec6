package org.sisyphus.jobs;

import java.util.HashMap;
import java.util.Map;

/** A job's arguments: pairs of a name and its value, all of which must be there. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();

  Arguments(String[] args, String... names) {
    for (int i = 0; i + 1 < args.length; i += 2) values.put(args[i], args[i + 1]);
    for (String name : names)
      if (!values.containsKey(name)) throw new IllegalArgumentException(name + " is not given");
  }

  String get(String name) {
    return values.get(name);
  }
}
