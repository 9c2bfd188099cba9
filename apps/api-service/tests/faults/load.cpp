#include "faults/load.h"

#include "starter/core/types.h"

namespace starter::test {

using namespace std::chrono_literals;

Load::Load(Client client, const std::string& tenant, size_t clients)
    : client_(std::move(client)),
      tenant_(tenant),
      path_("/api/v1/tenants/" + tenant + "/projects") {
  static std::atomic<int> loads{0};
  const std::string name = "load " + std::to_string(++loads) + " client ";
  for (size_t i = 0; i < clients; ++i) {
    auto& worker = workers_.emplace_back();
    worker.thread = std::thread([this, &worker, own = name + std::to_string(i)] { work(worker, own); });
  }
}

Load::~Load() {
  stop();
}

void Load::work(Worker& worker, const std::string& name) {
  while (!stop_) {
    auto& post = worker.posts.emplace_back(
        Post{.key = random_token(18), .name = name + " project " + std::to_string(worker.posts.size())});
    while (!stop_ && !attempt(post)) {
      worker.row = 0;
      std::this_thread::sleep_for(20ms);
    }
    ++worker.row;
  }
}

bool Load::attempt(Post& post) {
  ++post.attempts;
  const auto ask = [&] {
    return client_.with_header("Idempotency-Key", post.key).post(path_, R"({"name":")" + post.name + "\"}");
  };
  auto reply = ask();
  // A proxy that lost its connection asks again by itself, as the key allows; the answer is then worth a
  // wait.
  for (int i = 0; i < 5 && reply.code() == "idempotency.in_progress"; ++i) {
    ++repeated_;
    std::this_thread::sleep_for(std::chrono::seconds(std::stoi(reply.headers.at("retry-after"))));
    reply = ask();
  }
  if (reply.status == 201) {
    post.id = reply.text("id");
    ++answered_;
    return true;
  }
  ++failures_;
  const std::lock_guard lock(mutex_);
  if (first_failure_.empty()) first_failure_ = std::to_string(reply.status) + " " + reply.body;
  return false;
}

std::string Load::first_failure() const {
  const std::lock_guard lock(mutex_);
  return first_failure_;
}

bool Load::steady(int count) const {
  return std::all_of(workers_.begin(), workers_.end(),
                     [count](const auto& worker) { return worker.row >= count; });
}

void Load::stop() {
  stop_ = true;
  for (auto& worker : workers_) {
    if (worker.thread.joinable()) worker.thread.join();
  }
}

void Load::settle() {
  for (auto& worker : workers_) {
    for (auto& post : worker.posts) {
      if (post.id.empty()) wait_until(post.name + " is answered", [&] { return attempt(post); });
    }
  }
}

void Load::expect_each_applied_once(const Api& api) const {
  Sql database(api.superuser_url());
  expect_each_applied_once(database);
}

void Load::expect_each_applied_once(Sql& database) const {
  std::map<std::string, std::vector<std::string>> stored;
  for (const auto& row : database.rows(
           "SELECT p.name, p.id, count(a.id) FROM projects p LEFT JOIN audit_events a ON a.target_id = "
           "p.id::text AND a.action = 'project.created' WHERE p.tenant_id = " +
           literal(tenant_) + " GROUP BY p.name, p.id"))
    stored[row[0]].push_back(row[1] + " with events: " + row[2]);
  size_t posts = 0;
  for (const auto& worker : workers_) {
    posts += worker.posts.size();
    for (const auto& post : worker.posts) {
      EXPECT_EQ(stored[post.name], std::vector<std::string>{post.id + " with events: 1"})
          << post.name << " after " << post.attempts << " attempts";
    }
  }
  EXPECT_EQ(stored.size(), posts);
}

}  // namespace starter::test
