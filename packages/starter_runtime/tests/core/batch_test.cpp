#include "starter/core/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <stdexcept>

#include "tests/run_task.h"

namespace starter {
namespace {

using testing::ElementsAre;
using testing_support::run_task;

/// A batch whose round trips end when the test says so.
class BatchTest : public testing::Test {
 protected:
  Task<Result<std::vector<int>>> round_trip(std::vector<int> items) {
    sent.push_back(items);
    auto& trip = trips.emplace_back();
    co_await trip.wait();
    if (refuse) co_return Problem{problems::unavailable};
    if (fail) throw std::runtime_error("a bug");
    for (int& item : items) item *= 10;
    if (answer_too_few) items.pop_back();
    co_return items;
  }

  void submit(int item) {
    asio::co_spawn(
        loop,
        [this, item]() -> Task<> {
          const auto outcome = co_await batch.submit(
              item, [this](std::vector<int> items) { return round_trip(std::move(items)); });
          answers.emplace_back(item,
                               outcome ? std::to_string(*outcome) : std::string(outcome.error().type().code));
        },
        [](std::exception_ptr error) {
          if (error) std::rethrow_exception(error);
        });
    settle();
  }
  void settle() {
    loop.restart();
    loop.poll();
  }
  void end_trip(size_t number) {
    std::next(trips.begin(), static_cast<ptrdiff_t>(number))->complete();
    settle();
  }

  asio::io_context loop{1};
  Batch<int, int> batch{{.max_size = 3, .max_under_way = 1, .max_waiting = 5}};
  std::vector<std::vector<int>> sent;
  std::list<Completion> trips;
  std::vector<std::pair<int, std::string>> answers;
  bool refuse = false, fail = false, answer_too_few = false;
};

using Answer = std::pair<int, std::string>;

TEST_F(BatchTest, ALoneCallerWaitsForNobody) {
  submit(1);
  EXPECT_THAT(sent, ElementsAre(ElementsAre(1)));
  end_trip(0);
  EXPECT_THAT(answers, ElementsAre(Answer(1, "10")));
  submit(2);
  EXPECT_THAT(sent, ElementsAre(ElementsAre(1), ElementsAre(2)));
  end_trip(1);
}

TEST_F(BatchTest, WhoComesMeanwhileLeavesTogetherInTheOrderOfArrival) {
  for (int item = 1; item <= 6; ++item) submit(item);
  EXPECT_THAT(sent, ElementsAre(ElementsAre(1)));
  end_trip(0);
  EXPECT_THAT(sent, ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4)));
  submit(7);
  end_trip(1);
  EXPECT_THAT(sent, ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4), ElementsAre(5, 6, 7)));
  end_trip(2);
  std::ranges::sort(answers);
  EXPECT_THAT(answers, ElementsAre(Answer(1, "10"), Answer(2, "20"), Answer(3, "30"), Answer(4, "40"),
                                   Answer(5, "50"), Answer(6, "60"), Answer(7, "70")));
  submit(8);  // nothing is left behind: the next one starts at once
  EXPECT_EQ(sent.size(), 4U);
  end_trip(3);
}

TEST_F(BatchTest, AFailureIsTheAnswerOfEverybodyAndTheNextBatchGoesOn) {
  for (int item = 1; item <= 6; ++item) submit(item);
  end_trip(0);
  refuse = true;
  end_trip(1);
  refuse = false;
  fail = true;
  end_trip(2);
  std::ranges::sort(answers);
  EXPECT_THAT(answers, ElementsAre(Answer(1, "10"), Answer(2, "unavailable"), Answer(3, "unavailable"),
                                   Answer(4, "unavailable"), Answer(5, "internal"), Answer(6, "internal")));
}

TEST_F(BatchTest, AnItemWithoutAnOutcomeIsABugOfOurs) {
  for (int item = 1; item <= 3; ++item) submit(item);
  end_trip(0);
  answer_too_few = true;
  end_trip(1);
  std::ranges::sort(answers);
  EXPECT_THAT(answers, ElementsAre(Answer(1, "10"), Answer(2, "20"), Answer(3, "internal")));
}

TEST_F(BatchTest, RefusesWhoFindsTooManyWaiting) {
  for (int item = 1; item <= 7; ++item) submit(item);
  EXPECT_THAT(answers, ElementsAre(Answer(7, "unavailable")));
  for (size_t trip = 0; trip < 3; ++trip) end_trip(trip);
  EXPECT_EQ(answers.size(), 7U);
}

}  // namespace
}  // namespace starter
