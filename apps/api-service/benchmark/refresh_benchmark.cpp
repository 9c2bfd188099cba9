// Rotations of refresh tokens, each of a family of its own, beside what Postgres commits of the same write.
#include <fstream>
#include <sstream>

#include "measure.h"
#include "starter/crypto/one_time_token.h"
#include "support/api.h"

namespace starter::test {
namespace {

constexpr int kFamilies = 200000;  // more than fifteen seconds can use up
constexpr const char* kRefreshClients = "32";

struct Committed {
  double per_second = 0, median_ms = 0;
};

/// The same rows behind the same indexes, for pgbench, which can't name a random UUID.
void copy_families(const Api& api) {
  api.sql(
      "CREATE TABLE benchmark_families (LIKE families INCLUDING ALL, number bigint GENERATED ALWAYS AS "
      "IDENTITY UNIQUE) WITH (fillfactor = 80)");
  api.sql("INSERT INTO benchmark_families SELECT * FROM families");
}

/// What pgbench commits of the rotation's own write, with as many clients.
Committed commit_families(const Api& api) {
  TemporaryFolder folder;
  const auto script = folder.path() / "write.sql", log = folder.path() / "pgbench.log";
  std::ofstream(script) << "\\set n random(1, " << kFamilies
                        << ")\n"
                           "UPDATE benchmark_families SET gen = gen + 1, rotated_at = now(), confirmed_gen = "
                           "gen, last_used_at = now() WHERE number = :n;\n";
  run({.arguments = {"pgbench", "-n", "-M", "prepared", "-c", kRefreshClients, "-j", "1", "-T", "3", "-f",
                     script.string(), "-l", "--log-prefix", (folder.path() / "times").string(),
                     api.superuser_url()},
       .log = log});
  Committed out;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("tps = ")) out.per_second = std::stod(line.substr(6));
  }
  std::vector<double> times;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (!entry.path().filename().string().starts_with("times")) continue;
    std::ifstream each(entry.path());
    double client, number, microseconds;
    for (std::string line; std::getline(each, line);) {
      std::istringstream(line) >> client >> number >> microseconds;
      times.push_back(microseconds / 1000);
    }
  }
  out.median_ms = median(times);
  return out;
}

/// Families that were opened an hour ago and the body that rotates each, one a line.
void write_families(Api& api, const std::filesystem::path& file) {
  const auto person = api.add_person("bench");
  const crypto::RefreshTokens tokens(
      *crypto::Peppers::parse(Secret(api.environment().at("AUTH_REFRESH_TOKEN_PEPPER"))));
  const std::string salt(16, 'x');
  api.sql(
      "INSERT INTO families (id, user_id, salt, key_id, rotated_at, expires_at) SELECT gen_random_uuid(), '" +
      person.id + "', repeat('x', 16)::bytea, '" + tokens.key_id() +
      "', now() - interval '1 hour', now() + interval '1 day' FROM generate_series(1, " +
      std::to_string(kFamilies) + ")");
  std::istringstream ids(api.sql("SELECT string_agg(id::text, ' ') FROM families WHERE user_id = '" +
                                 person.id + "' AND rotated_at < now() - interval '30 minutes'"));
  std::ofstream bodies(file);
  for (std::string text; ids >> text;) {
    Uuid id;
    Uuid::from_text(text, id);
    bodies << R"({"refresh_token":")" << *tokens.derive(id, 0, salt, tokens.key_id()) << "\"}\n";
  }
}

/// Sends one line of a file after the other.
constexpr std::string_view kLineByLine = R"(
local bodies, at = {}
function init(arguments)
  for line in io.lines(arguments[1]) do bodies[#bodies + 1] = line end
  at = tonumber(arguments[2])
  wrk.headers["Content-Type"] = "application/json"
end
function request()
  at = at + 1
  return wrk.format("POST", nil, nil, bodies[at])
end
function done(summary, latency)
  io.write(string.format("%f %f %f %d\n", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
                         latency:percentile(99) / 1000, summary.errors.status))
end
)";

struct Refreshed {
  double per_second = 0, median_ms = 0, p99_ms = 0, refused = -1;
};

Refreshed rotate_families(const Api& api, const std::filesystem::path& bodies, int round) {
  TemporaryFolder folder;
  const auto script = folder.path() / "each.lua", log = folder.path() / "wrk.log";
  std::ofstream(script) << kLineByLine;
  run({.arguments = {"wrk", "-t1", std::string("-c") + kRefreshClients, "-d3s", "-s", script.string(),
                     "http://127.0.0.1:" + std::to_string(api.port()) + "/api/v1/auth/refresh", "--",
                     bodies.string(), std::to_string(round * kFamilies / kRounds)},
       .log = log});
  Refreshed out;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    std::istringstream(line) >> out.per_second >> out.median_ms >> out.p99_ms >> out.refused;
  }
  return out;
}

}  // namespace

int refresh() {
  PostgresServer postgres(Commits::durable);
  Api api(1, kLoad, postgres);
  TemporaryFolder folder;
  const auto bodies = folder.path() / "bodies";
  write_families(api, bodies);
  copy_families(api);
  api.sql("VACUUM ANALYZE");
  std::vector<double> tails, ratios;
  for (int round = 0; round < kRounds; ++round) {
    const auto ours = rotate_families(api, bodies, round);
    const auto floor = commit_families(api);
    std::printf(
        "refresh: %.0f /s, median %.2f ms, p99 %.2f ms, refused %.0f; pgbench commits the same write %.0f "
        "/s, "
        "median %.2f ms\n",
        ours.per_second, ours.median_ms, ours.p99_ms, ours.refused, floor.per_second, floor.median_ms);
    if (ours.refused != 0) return 1;
    tails.push_back(ours.p99_ms / floor.median_ms);
    ratios.push_back(ours.per_second / floor.per_second);
  }
  std::printf("F4 %.2f %.2f\n", median(tails), median(ratios));
  return 0;
}

}  // namespace starter::test
