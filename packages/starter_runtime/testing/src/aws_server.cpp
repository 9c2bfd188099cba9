#include "starter/testing/aws_server.h"

#include <signal.h>

#include <stdexcept>

#include "starter/net/http_client.h"
#include "starter/net/timer.h"
#include "starter/testing/run.h"

namespace starter::test {

namespace {

const std::string kPeer = STARTER_SOURCE "/tools/aws-peer/run.sh";

/// Once for each test process; the script itself lets one process install at a time.
bool is_installed() {
  static const bool installed = run({.arguments = {kPeer, "install"}}) == 0;
  return installed;
}

}  // namespace

std::string AwsServer::missing() {
  return "moto can't be installed from PyPI here: tools/aws-peer/run.sh install says why";
}

std::unique_ptr<AwsServer> AwsServer::start(int free_calls) {
  if (!is_installed()) return nullptr;
  std::unique_ptr<AwsServer> server(new AwsServer);
  const int port = free_port();
  std::vector<std::string> arguments{kPeer, std::to_string(port)};
  if (free_calls >= 0) arguments.push_back(std::to_string(free_calls));
  server->url_ = "http://127.0.0.1:" + std::to_string(port);
  server->process_ = Process({.arguments = std::move(arguments),
                              .environment = {{"HOME", server->folder_.path().string()}},
                              .log = server->folder_.path() / "aws.log"});
  wait_until("AWS answers", [&] { return accepts(port); });
  return server;
}

std::map<std::string, std::string> AwsServer::environment() const {
  return {{"AWS_REGION", "eu-central-1"},
          {"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
          {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
          {"AWS_ENDPOINT_URL_SECRETS_MANAGER", url_},
          {"AWS_ENDPOINT_URL_STS", url_},
          {"AWS_EC2_METADATA_DISABLED", "true"}};
}

std::string AwsServer::iam(const std::string& form) const {
  asio::io_context loop{1};
  net::HttpClient client(loop.get_executor(), {.allow_plain_http = true});
  net::HttpRequest request{
      .method = "POST",
      .url = url_ + "/",
      .headers = {{"content-type", "application/x-www-form-urlencoded"},
                  {"authorization",
                   "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/iam/aws4_request, "
                   "SignedHeaders=host, Signature=0"}},
      .body = form + "&Version=2010-05-08"};
  const auto answer =
      await(loop, client.send(std::move(request), net::deadline_in(std::chrono::seconds(20))));
  if (!answer || answer->status != 200)
    throw std::runtime_error("IAM refused " + form + (answer ? ": " + answer->body : ""));
  return answer->body;
}

void AwsServer::pause() {
  process_.signal(SIGSTOP);
}
void AwsServer::resume() {
  process_.signal(SIGCONT);
}

}  // namespace starter::test
