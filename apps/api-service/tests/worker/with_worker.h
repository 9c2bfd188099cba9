// The worker as a real process, with real Postgres and a mail server that remembers.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "starter/testing/run.h"
#include "support/api.h"
#include "worker/smtp_peer.h"

namespace starter::test {

class WithWorker : public testing::Test {
 protected:
  struct Started {
    Process process;
    int port = 0;
  };
  Started start(const std::string& name = "worker", const std::string& failpoints = "") {
    Started out{.process = {}, .port = free_port()};
    auto environment = api.environment();
    environment["METRICS_PORT"] = std::to_string(out.port);
    environment["SMTP_URL"] = smtp.url();
    environment["AUDIT_KEY_PATH"] = (api.folder() / "audit.json").string();
    environment["STARTER_FAILPOINTS"] = failpoints;
    out.process = Process({.arguments = {api_binary(), "worker"},
                           .environment = environment,
                           .log = api.folder() / (name + ".log")});
    return out;
  }
  Started ready(const std::string& name = "worker", const std::string& failpoints = "") {
    auto out = start(name, failpoints);
    wait_until("the worker is ready", [&] {
      if (!out.process.running()) throw std::runtime_error("the worker ended: " + log(name));
      return inside(out).get("/health/ready").status == 200;
    });
    return out;
  }
  Client inside(const Started& worker) const {
    return Client("http://127.0.0.1:" + std::to_string(worker.port));
  }
  std::string log(const std::string& name = "worker") const {
    std::ifstream file(api.folder() / (name + ".log"));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  int command(std::vector<std::string> arguments, std::map<std::string, std::string> more) {
    auto environment = api.environment();
    for (auto& [name, value] : more) environment[name] = value;
    arguments.insert(arguments.begin(), api_binary());
    return run({.arguments = arguments, .environment = environment, .log = api.folder() / "command.log"});
  }
  void queue_mail(const std::string& to, const std::string& locale = "en") {
    api.sql(
        "INSERT INTO jobs (id, queue, payload) VALUES (gen_random_uuid(), 'mail', "
        "jsonb_build_object('template', "
        "'account_exists', 'to', '" +
        to + "', 'name', 'Ada', 'locale', '" + locale + "'))");
  }
  int64_t number(const std::string& sql) const { return std::stoll(api.sql(sql)); }

  Api api{0};
  SmtpPeer smtp;
};

}  // namespace starter::test
