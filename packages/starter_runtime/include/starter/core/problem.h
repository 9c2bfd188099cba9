// What can go wrong, in the words of the client.
//
// A ProblemType is declared once, next to the feature that raises it, and is never built at run time: its
// code is part of the public contract. A Problem is one occurrence. Its cause is for the log alone and never
// leaves the process; what the client reads is the type's title and fix and the list of field errors.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace starter {

/// One kind of problem (RFC 9457 section 3.1). `code` is stable, `title` and `fix` are sentences for people.
struct ProblemType {
  std::string_view code;
  int status;
  std::string_view title;
  std::string_view fix;
};

/// One invalid member of a request: a JSON pointer (RFC 6901), a stable code and a sentence. Never the value.
struct FieldError {
  std::string pointer;
  std::string code;
  std::string detail;
};

/// One occurrence of a ProblemType. Move-only, two pointers wide, so that a Result stays cheap to return.
class [[nodiscard]] Problem {
 public:
  Problem(const ProblemType& type, std::source_location where = std::source_location::current())
      : type_(&type),
        where_(where) {}

  /// `cause` is written to the log and is never sent to a client.
  Problem(const ProblemType& type, std::string cause,
          std::source_location where = std::source_location::current())
      : type_(&type),
        where_(where) {
    extra().cause = std::move(cause);
  }

  const ProblemType& type() const { return *type_; }
  bool is(const ProblemType& type) const { return type_->code == type.code; }
  std::source_location where() const { return where_; }

  std::string_view cause() const { return extra_ ? std::string_view(extra_->cause) : std::string_view(); }
  const std::vector<FieldError>& fields() const {
    static const std::vector<FieldError> none;
    return extra_ ? extra_->fields : none;
  }
  std::optional<std::chrono::seconds> retry_after() const {
    return extra_ ? extra_->retry_after : std::nullopt;
  }

  Problem&& with_field(std::string pointer, std::string code, std::string detail) && {
    extra().fields.push_back({std::move(pointer), std::move(code), std::move(detail)});
    return std::move(*this);
  }
  Problem&& with_fields(std::vector<FieldError> fields) && {
    extra().fields = std::move(fields);
    return std::move(*this);
  }
  /// Sent as Retry-After (RFC 9110 section 10.2.3), in whole seconds.
  Problem&& with_retry_after(std::chrono::seconds delay) && {
    extra().retry_after = delay;
    return std::move(*this);
  }

 private:
  struct Extra {
    std::string cause;
    std::vector<FieldError> fields;
    std::optional<std::chrono::seconds> retry_after;
  };
  Extra& extra() {
    if (!extra_) extra_ = std::make_unique<Extra>();
    return *extra_;
  }

  const ProblemType* type_;
  std::source_location where_;
  std::unique_ptr<Extra> extra_;
};

/// Problems that any part may raise. A feature declares its own beside its service.
namespace problems {
inline constexpr ProblemType internal{"internal", 500, "Something went wrong on our side",
                                      "Try again; if it goes on, report the request id."};
inline constexpr ProblemType unavailable{"unavailable", 503, "The service can't answer right now",
                                         "Try again after the time in Retry-After."};
inline constexpr ProblemType deadline_exceeded{"deadline.exceeded", 503, "The request took too long",
                                               "Try again after the time in Retry-After."};
inline constexpr ProblemType not_found{"not_found", 404, "There is nothing here, or you may not see it",
                                       "Check the address and the tenant you are signed in to."};
inline constexpr ProblemType request_invalid{"request.invalid", 422, "The request has invalid fields",
                                             "Correct the fields named in errors."};
inline constexpr ProblemType conflict{"conflict", 409, "Somebody changed this at the same time",
                                      "Read it again and repeat the change."};
inline constexpr ProblemType idempotency_in_progress{"idempotency.in_progress", 409,
                                                     "The same request is being worked on",
                                                     "Repeat it after the time in Retry-After."};
inline constexpr ProblemType idempotency_reused{"idempotency.key_reused", 422,
                                                "That Idempotency-Key came with another body before",
                                                "Use a new key for a new request."};
}  // namespace problems

}  // namespace starter
