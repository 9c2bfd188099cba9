// From a handler's signature to everything HTTP needs to know about it.
//
//   Task<Result<Created<Invite>>> create_invite(const Ctx& ctx, InviteCreate body, Tenants& tenants);
//
// A described struct by value is the JSON body, Query<T> the query string, Id<"x"> the {x} of the path,
// IfMatch the precondition, and S& a service that composition.cpp hands out with inject(). A handler
// therefore has no parsing, no status arithmetic and no SQL, and what it needs can't differ from what the API
// document says.
#pragma once

#include <array>
#include <tuple>

#include "starter/core/context.h"
#include "starter/core/task.h"
#include "starter/describe/json.h"
#include "starter/http/message.h"

namespace starter {

struct App;  // composition.h of the application: the owner of every service

namespace http {

// --- argument kinds
// ----------------------------------------------------------------------------------------------

template <size_t N>
struct FixedText {
  char text[N];
  consteval FixedText(const char (&literal)[N]) { std::copy_n(literal, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// The UUID at {Name} of the path.
template <FixedText Name>
struct Id {
  Uuid value;
  operator Uuid() const { return value; }
};

/// The query string, decoded into a described struct of scalars.
template <class T>
struct Query {
  T value;
  const T* operator->() const { return &value; }
};

/// The version in If-Match (RFC 9110 section 13.1.1); a request without it gets 428 (RFC 6585 section 3).
struct IfMatch {
  int64_t version = 0;
};

// --- reply kinds
// -------------------------------------------------------------------------------------------------

template <class T>
struct Created {
  T value;
};
template <class T>
struct Accepted {
  T value;
};
struct NoContent {};
/// T has a member `version`, which becomes the ETag.
template <class T>
struct Versioned {
  T value;
};
/// JSON that is already text, with headers and status of its own; for documents such as OpenAPI and JWKS.
struct Document {
  std::string text{};
  std::shared_ptr<const std::string> shared{};  // instead of `text`, when it is large and always the same
  std::string_view content_type = "application/json";
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
};

namespace problems {
inline constexpr ProblemType precondition_required{"precondition.required", 428,
                                                   "The change needs an If-Match header",
                                                   "Send the ETag of the version you read in If-Match."};
inline constexpr ProblemType precondition_failed{"precondition.failed", 412,
                                                 "Somebody changed this before you",
                                                 "Read it again, then repeat the change with the new ETag."};
}  // namespace problems

/// What a handler may read of its call.
struct Call {
  const Ctx& ctx;
  const Request& request;
  std::span<const std::string_view> path_names;
  std::span<const std::string> path_values;
  App& app;
};

using Thunk = Task<Result<Reply>> (*)(Call&);

/// Everything a route table and the API document need to know about a handler.
struct HandlerInfo {
  std::string_view operation;  // the function's name
  const TypeInfo* body = nullptr;
  const TypeInfo* query = nullptr;
  const TypeInfo* reply = nullptr;
  int status = 200;
  bool if_match = false;
  bool etag = false;
  std::array<std::string_view, 4> path_names{};
  size_t path_count = 0;
};

namespace detail {

template <class T>
struct Argument;

template <class T>
concept ServiceReference = std::is_lvalue_reference_v<T> && !std::is_const_v<std::remove_reference_t<T>>;

Result<> read_query(std::string_view query, const TypeInfo& type, void* out);
Result<Uuid> read_path_id(const Call& call, std::string_view name);
Result<IfMatch> read_if_match(const Request& request);
Reply encode_reply(const void* value, const TypeInfo& type, int status);
std::string etag_of(int64_t version);

// Each argument kind: how to read it, and what it adds to the description.
template <>
struct Argument<const Ctx&> {
  using Value = const Ctx*;
  static Result<Value> read(Call& call) { return &call.ctx; }
  static const Ctx& pass(Value& value) { return *value; }
  static constexpr void describe(HandlerInfo&) {}
};
template <describe::Described T>
struct Argument<T> {
  using Value = T;
  static Result<Value> read(Call& call) { return json::decode<T>(call.request.body); }
  static T pass(Value& value) { return std::move(value); }
  static constexpr void describe(HandlerInfo& info) { info.body = &type_of<T>; }
};
template <class T>
struct Argument<Query<T>> {
  using Value = Query<T>;
  static Result<Value> read(Call& call) {
    Value value{};
    TRY(read_query(call.request.query, type_of<T>, &value.value));
    return value;
  }
  static Query<T> pass(Value& value) { return std::move(value); }
  static constexpr void describe(HandlerInfo& info) { info.query = &type_of<T>; }
};
template <FixedText Name>
struct Argument<Id<Name>> {
  using Value = Id<Name>;
  static Result<Value> read(Call& call) { return Value{TRY(read_path_id(call, Name.view()))}; }
  static Id<Name> pass(Value& value) { return value; }
  static constexpr void describe(HandlerInfo& info) { info.path_names[info.path_count++] = Name.view(); }
};
template <>
struct Argument<IfMatch> {
  using Value = IfMatch;
  static Result<Value> read(Call& call) { return read_if_match(call.request); }
  static IfMatch pass(Value& value) { return value; }
  static constexpr void describe(HandlerInfo& info) { info.if_match = true; }
};
template <ServiceReference S>
struct Argument<S> {
  using Service = std::remove_reference_t<S>;
  using Value = Service*;
  static Result<Value> read(Call& call) { return &inject(call.app, std::type_identity<Service>{}); }
  static S pass(Value& value) { return *value; }
  static constexpr void describe(HandlerInfo&) {}
};

// Each reply kind.
template <class R>
struct Answer {
  static constexpr void describe(HandlerInfo& info) { info.reply = &type_of<R>; }
  static Reply encode(const R& value) { return encode_reply(&value, type_of<R>, 200); }
};
template <class T>
struct Answer<Created<T>> {
  static constexpr void describe(HandlerInfo& info) { info.reply = &type_of<T>, info.status = 201; }
  static Reply encode(const Created<T>& created) { return encode_reply(&created.value, type_of<T>, 201); }
};
template <class T>
struct Answer<Accepted<T>> {
  static constexpr void describe(HandlerInfo& info) { info.reply = &type_of<T>, info.status = 202; }
  static Reply encode(const Accepted<T>& accepted) { return encode_reply(&accepted.value, type_of<T>, 202); }
};
template <>
struct Answer<NoContent> {
  static constexpr void describe(HandlerInfo& info) { info.status = 204; }
  static Reply encode(const NoContent&) {
    return {.status = 204, .content_type = {}, .body = {}, .headers = {}};
  }
};
template <class T>
struct Answer<Versioned<T>> {
  static constexpr void describe(HandlerInfo& info) { info.reply = &type_of<T>, info.etag = true; }
  static Reply encode(const Versioned<T>& versioned) {
    Reply reply = encode_reply(&versioned.value, type_of<T>, 200);
    reply.headers.emplace_back("ETag", etag_of(versioned.value.version));
    return reply;
  }
};
template <>
struct Answer<Document> {
  static constexpr void describe(HandlerInfo&) {}
  static Reply encode(const Document& document) {
    return {.status = document.status,
            .content_type = document.content_type,
            .body = document.text,
            .headers = document.headers,
            .shared = document.shared};
  }
};

// One coroutine for each reply type, not for each handler.
template <class R>
Task<Result<Reply>> finish(Task<Result<R>> running) {
  auto result = CO_TRY(co_await std::move(running));
  co_return Answer<R>::encode(result);
}
Task<Result<Reply>> fail(Problem problem);

template <auto H>
consteval std::string_view function_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("H = ") + 4);
  text = text.substr(0, text.find(']'));
  if (const size_t colon = text.rfind(':'); colon != text.npos) text = text.substr(colon + 1);
  if (text.starts_with('&')) text.remove_prefix(1);
  return text;
}

template <auto H>
struct Handler;

template <class R, class... A, Task<Result<R>> (*H)(A...)>
struct Handler<H> {
  static consteval HandlerInfo info() {
    HandlerInfo out;
    out.operation = function_name<H>();
    (Argument<A>::describe(out), ...);
    Answer<R>::describe(out);
    return out;
  }

  /// A plain function: it reads the arguments and starts the handler. The values outlive the handler's first
  /// suspension because they are passed by value or belong to the call.
  static Task<Result<Reply>> thunk(Call& call) {
    return read_and_start(call, std::index_sequence_for<A...>{});
  }

 private:
  template <size_t... I>
  static Task<Result<Reply>> read_and_start(Call& call, std::index_sequence<I...>) {
    std::tuple<typename Argument<A>::Value...> values;
    Result<> read;
    // Stops at the first argument that can't be read.
    static_cast<void>(((read.has_value() && assign<A>(call, std::get<I>(values), read)) && ...));
    if (!read) return fail(std::move(read).error());
    return finish<R>(H(Argument<A>::pass(std::get<I>(values))...));
  }
  template <class Arg>
  static bool assign(Call& call, typename Argument<Arg>::Value& out, Result<>& read) {
    auto value = Argument<Arg>::read(call);
    if (value)
      out = std::move(*value);
    else
      read = std::move(value).error();
    return read.has_value();
  }
};

}  // namespace detail
}  // namespace http
}  // namespace starter
