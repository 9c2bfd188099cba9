// Clients that create projects without pause, each under an Idempotency-Key that it repeats until it is
// answered. What they wrote down is compared with what the database holds.
#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "support/api.h"

namespace starter::test {

/// One thing that a client wants done once, however often it has to ask.
struct Post {
  std::string key, name;
  std::string id{};  // from the 201; empty while unanswered
  int attempts = 0;
};

class Load {
 public:
  /// `client` speaks to whatever stands before the API and brings the token of a member of `tenant`.
  Load(Client client, const std::string& tenant, size_t clients);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  size_t answered() const { return answered_; }
  /// Attempts that came while the same one was being worked on, and were made again after Retry-After.
  size_t repeated() const { return repeated_; }
  /// Attempts that were not answered with 201.
  size_t failures() const { return failures_; }
  /// The first of them, for messages.
  std::string first_failure() const;
  /// True when every client has had `count` answers in a row.
  bool steady(int count) const;

  /// Lets every client finish the attempt that it is at.
  void stop();
  /// After stop(): what was not answered is asked for once more, under the same key.
  void settle();
  /// After settle(): every post was applied exactly once, under the id that was answered, with one audit
  /// event.
  void expect_each_applied_once(Sql& database) const;
  void expect_each_applied_once(const Api& api) const;

 private:
  struct Worker {
    std::deque<Post> posts{};
    std::atomic<int> row{0};  // answers since the last failure
    std::thread thread{};
  };
  void work(Worker& worker, const std::string& name);
  bool attempt(Post& post);

  const Client client_;
  const std::string tenant_, path_;
  std::deque<Worker> workers_;
  std::atomic<bool> stop_ = false;
  std::atomic<size_t> answered_ = 0, failures_ = 0, repeated_ = 0;
  mutable std::mutex mutex_;
  std::string first_failure_;
};

}  // namespace starter::test
