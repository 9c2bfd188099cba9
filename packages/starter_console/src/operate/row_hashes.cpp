#include "operate/row_hashes.h"

namespace starter::console::operate {

std::string row_hash_query(const std::string& table) {
  std::string cut, sums;
  for (int part = 0; part < 4; ++part) {
    const auto name = std::string(1, static_cast<char>('a' + part));
    const auto comma = part == 0 ? "" : ", ";
    cut +=
        comma + ("('x' || substr(h, " + std::to_string(1 + 16 * part) + ", 16))::bit(64)::bigint AS ") + name;
    sums += comma + ("sum(" + name + ")");
  }
  return "SELECT count(*) || ' ' || encode(sha256(convert_to(concat_ws(' ', count(*), " + sums +
         "), 'UTF8')), 'hex') FROM (SELECT " + cut +
         " FROM (SELECT encode(sha256(convert_to(starter_row::text, 'UTF8')), 'hex') AS h FROM " + table +
         " AS starter_row) AS hashed) AS numbers";
}

std::string row_hash_settings() {
  return "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; "
         "SET extra_float_digits = 1; SET bytea_output = 'hex'; SET xmlbinary = 'base64'; "
         "SET row_security = on; SET search_path = pg_catalog";
}

}  // namespace starter::console::operate
