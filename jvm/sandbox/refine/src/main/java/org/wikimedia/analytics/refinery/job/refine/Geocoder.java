package org.wikimedia.analytics.refinery.job.refine;

import com.maxmind.db.CHMCache;
import com.maxmind.db.Reader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Looks an ip up in an MMDB of GeoIP2's nested layout or DB-IP's flat one; keys and defaults are refinery-core's. */
final class Geocoder {
  private static Geocoder shared;
  private final Reader reader;

  private Geocoder(File file) throws IOException {
    reader = new Reader(file, Reader.FileMode.MEMORY_MAPPED, new CHMCache());
  }

  static synchronized Geocoder open(String file) throws IOException {
    if (shared == null) {
      shared = new Geocoder(new File(file));
    }
    return shared;
  }

  Map<String, String> geocode(String ip) {
    Map<String, String> out = new HashMap<>();
    out.put("continent", "Unknown");
    out.put("country_code", "--");
    out.put("country", "Unknown");
    out.put("subdivision", "Unknown");
    out.put("city", "Unknown");
    out.put("postal_code", "Unknown");
    out.put("latitude", "-1.0");
    out.put("longitude", "-1.0");
    out.put("timezone", "Unknown");
    Map<?, ?> found;
    try {
      found = ip == null ? null : reader.get(InetAddress.getByName(ip), Map.class);
    } catch (IOException | RuntimeException e) {
      found = null;
    }
    if (found == null) {
      return out;
    }
    Object location = found.get("location") instanceof Map<?, ?> nested ? nested : found;
    String code = found.get("country") instanceof Map<?, ?> country ? text(country.get("iso_code")) : text(found.get("country_code"));
    if (code != null) {
      out.put("country_code", code);
      out.put("country", new Locale("", code).getDisplayCountry(Locale.ENGLISH));
    }
    put(out, "continent", name(found.get("continent")));
    put(out, "subdivision", found.get("subdivisions") instanceof java.util.List<?> list ? name(list.get(0)) : text(found.get("state1")));
    put(out, "city", name(found.get("city")));
    put(out, "postal_code", found.get("postal") instanceof Map<?, ?> postal ? text(postal.get("code")) : text(found.get("postcode")));
    put(out, "latitude", text(((Map<?, ?>) location).get("latitude")));
    put(out, "longitude", text(((Map<?, ?>) location).get("longitude")));
    put(out, "timezone", text(found.get("timezone") != null ? found.get("timezone") : ((Map<?, ?>) location).get("time_zone")));
    return out;
  }

  private static void put(Map<String, String> out, String key, String value) {
    if (value != null) {
      out.put(key, value);
    }
  }

  private static String name(Object value) {
    return value instanceof Map<?, ?> map && map.get("names") instanceof Map<?, ?> names ? text(names.get("en")) : text(value);
  }

  private static String text(Object value) {
    return value == null || value instanceof Map || value.toString().isEmpty() ? null : value.toString();
  }
}
