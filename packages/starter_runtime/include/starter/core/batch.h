// Many callers, one round trip: what arrives while a batch is under way leaves together in the next one.
//
// A caller that finds nothing under way starts at once, so a lone one waits for nobody. Under load the cost
// of a round trip and of a commit is shared by all that arrived meanwhile.
#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "starter/core/completion.h"
#include "starter/core/problem.h"
#include "starter/core/report.h"
#include "starter/core/result.h"

namespace starter {

struct BatchOptions {
  size_t max_size = 64;
  size_t max_under_way = 2;  // one more collects while the others wait for the disk
  size_t max_waiting = 1024;
};

/// Belongs to one thread, like everything that waits in it, and must outlive its callers.
template <class Item, class Outcome>
class Batch {
 public:
  explicit Batch(BatchOptions options = {}) : options_(options) {}

  /// The outcome of `item`. `run` takes a std::vector<Item> and answers a Task<Result<std::vector<Outcome>>>,
  /// one outcome for each item in their order; one of the waiting callers runs it for all. If it fails, it
  /// fails for all of them. problems::unavailable when too many wait already.
  template <class Run>
  Task<Result<Outcome>> submit(Item item, Run run) {
    const auto place = std::make_shared<Place>(std::move(item));
    if (under_way_ == options_.max_under_way) {
      if (waiting_.size() >= options_.max_waiting)
        co_return Problem{problems::unavailable, "the batch is full"};
      waiting_.push_back(place);
      co_await place->turn.wait();
      if (!place->leads) co_return place->answer();
    } else {
      ++under_way_;
    }
    std::vector<std::shared_ptr<Place>> batch{place};
    while (!waiting_.empty() && batch.size() < options_.max_size) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    co_await lead(batch, run);
    pass_on();
    co_return place->answer();
  }

 private:
  struct Place {
    explicit Place(Item asked) : item(std::move(asked)) {}
    Item item;
    Completion turn;
    bool leads = false;
    std::optional<Outcome> outcome;
    const ProblemType* problem = &problems::internal;

    Result<Outcome> answer() {
      if (outcome) return std::move(*outcome);
      return Problem{*problem};
    }
  };

  /// Gives every place its outcome; a place without one keeps its problem.
  template <class Run>
  static Task<> lead(std::vector<std::shared_ptr<Place>>& batch, Run& run) {
    std::vector<Item> items;
    items.reserve(batch.size());
    for (const auto& place : batch) items.push_back(place->item);
    try {
      auto outcomes = co_await run(std::move(items));
      for (size_t i = 0; i < batch.size(); ++i) {
        if (!outcomes)
          batch[i]->problem = &outcomes.error().type();
        else if (i < outcomes->size())
          batch[i]->outcome = std::move((*outcomes)[i]);
      }
    } catch (const std::exception& error) {
      // Nobody may wait for ever because of a bug: all of them answer problems::internal.
      report_bug("batch", error.what());
    }
    for (size_t i = 1; i < batch.size(); ++i) batch[i]->turn.complete();
  }

  /// The turn goes to the first who waits; nobody who comes meanwhile can overtake.
  void pass_on() {
    if (waiting_.empty()) {
      --under_way_;
      return;
    }
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next->leads = true;
    next->turn.complete();
  }

  BatchOptions options_;
  size_t under_way_ = 0;
  std::deque<std::shared_ptr<Place>> waiting_;
};

}  // namespace starter
