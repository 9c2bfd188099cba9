// A service of a few routes that needs no socket and no database: what a request becomes between its bytes
// and its reply can be watched, and fuzzed, in one thread.
#pragma once

#include "src/http/request_reader.h"
#include "starter/core/context.h"
#include "starter/http/service.h"
#include "starter/net/blocking_pool.h"
#include "starter/postgres/database.h"
#include "starter/testing/run.h"

namespace starter {

namespace notes {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Note {
  Name<1, 40> title;
  Colour colour;
  std::vector<std::string> tags;
  std::optional<std::string> text;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(Note, (), (title, colour, tags, text, version))

struct NewNote {
  Name<1, 40> title;
  Default<Colour::green> colour;
  std::optional<std::string> text;
  std::optional<List<Name<1, 20>, 1, 5>> tags;
};
BOOST_DESCRIBE_STRUCT(NewNote, (), (title, colour, text, tags))

struct Filter {
  std::optional<Int<1, 100>> limit;
  std::optional<std::string> word;
  Default<false> archived;
};
BOOST_DESCRIBE_STRUCT(Filter, (), (limit, word, archived))

/// What the handlers were given last.
struct Notebook {
  std::string heard;
  int calls = 0;
  /// More than fits between two sockets.
  std::shared_ptr<const std::string> picture = std::make_shared<const std::string>(8U << 20, 'p');
};

inline Note note_of(const NewNote& input, int64_t version) {
  return {.title = input.title, .colour = input.colour, .tags = {}, .text = input.text, .version = version};
}

inline Task<Result<Page<Note>>> list_notes(const Ctx&, http::Query<Filter> query, Notebook& book) {
  ++book.calls;
  book.heard = (query->limit ? std::to_string(query->limit->value) : "") + "|" + query->word.value_or("") +
               "|" + (query->archived ? "archived" : "");
  co_return Page<Note>{};
}

inline Task<Result<http::Created<Note>>> create_note(const Ctx&, NewNote input, Notebook& book) {
  ++book.calls;
  book.heard = input.title.value;
  co_return http::Created{note_of(input, 1)};
}

inline Task<Result<http::Versioned<Note>>> change_note(const Ctx&, http::Id<"note"> note, http::IfMatch match,
                                                       NewNote input, Notebook& book) {
  ++book.calls;
  book.heard = note.value.text();
  co_return http::Versioned<Note>{note_of(input, match.version + 1)};
}

inline Task<Result<http::NoContent>> remove_note(const Ctx&, http::Id<"note"> note, Notebook& book) {
  ++book.calls;
  book.heard = note.value.text();
  co_return http::NoContent{};
}

inline Task<Result<http::NoContent>> read_tenant_note(const Ctx& ctx, http::Id<"note">, Notebook& book) {
  ++book.calls;
  book.heard = ctx.tenant_id().text();
  co_return http::NoContent{};
}

inline Task<Result<http::Document>> break_down(const Ctx&) {
  throw std::runtime_error("a bug");
  co_return http::Document{};
}

inline Task<Result<http::Document>> read_picture(const Ctx&, Notebook& book) {
  co_return http::Document{.shared = book.picture, .content_type = "image/x-portable-pixmap"};
}

inline constexpr ProblemType note_locked{"note.locked", 409, "The note is locked", "Unlock it first."};
inline constexpr const ProblemType* kLocked[] = {&note_locked};

inline constexpr http::Route kRoutes[] = {
    http::get<list_notes>("/notes", {.summary = "Lists notes", .access = http::Access::anyone}),
    http::post<create_note>(
        "/notes",
        {.summary = "Writes a note", .access = http::Access::anyone, .body_max = 512, .idempotent = true}),
    http::patch<change_note>(
        "/notes/{note}",
        {.summary = "Changes a note", .access = http::Access::anyone, .body_max = 512, .problems = kLocked}),
    http::delete_<remove_note>("/notes/{note}", {.summary = "Removes a note"}),
    http::get<read_tenant_note>("/tenants/{tenant}/notes/{note}",
                                {.summary = "Reads a tenant's note", .role = Role::admin}),
    http::get<read_picture>("/picture", {.summary = "Shows all", .access = http::Access::anyone}),
    http::get<break_down>("/bug", {.summary = "Fails", .access = http::Access::anyone}),
};

}  // namespace notes

struct App {
  notes::Notebook notebook;
};
inline notes::Notebook& inject(App& app, std::type_identity<notes::Notebook>) {
  return app.notebook;
}

namespace notes {

/// The token says who its bearer is: "viewer" or "admin" of kTenant, or "person".
inline constexpr std::string_view kTenant = "018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8e";

struct Doorman final : http::Authenticator {
  Task<Result<Principal>> authenticate(const Ctx&, std::string_view token) override {
    Principal out;
    if (token == "person") co_return out;
    if (token != "viewer" && token != "admin") co_return Problem{http::problems::token_missing};
    Uuid::from_text(kTenant, out.tenant.emplace());
    out.role = token == "admin" ? Role::admin : Role::viewer;
    co_return out;
  }
};

/// Bytes in, replies out.
class Desk {
 public:
  Desk() { service.authenticator = &doorman_; }

  http::Reply answer(const http::Request& request) {
    Ctx ctx{io_.get_executor(), Clock::system(), database_,
            Clock::system().steady() + std::chrono::seconds(10)};
    ctx.request_id = "request";
    const auto match = service.match(request.method, request.path);
    return test::await(io_, service.handle(ctx, request, match, ctx.clock.steady()));
  }

  /// Everything that is complete in `bytes`, handed over `step` bytes at a time.
  std::vector<http::Reply> converse(std::string_view bytes, size_t step) {
    std::vector<http::Reply> out;
    http::RequestReader reader;
    bool in_body = false;
    while (true) {
      const auto state = reader.advance();
      if (state == http::RequestReader::State::need_more) {
        if (bytes.empty()) return out;
        const auto [room, size] = reader.prepare();
        const size_t taken = std::min({size, step, bytes.size()});
        std::ranges::copy(bytes.substr(0, taken), room);
        reader.commit(taken);
        bytes.remove_prefix(taken);
      } else if (state == http::RequestReader::State::head) {
        in_body = true;
        const auto match = service.match(reader.request().method, reader.request().path);
        if (!reader.allow_body(service.body_max(match))) return refuse(out, 413);
      } else if (state == http::RequestReader::State::complete && in_body) {
        in_body = false;
        out.push_back(answer(reader.request()));
        if (!reader.request().keep_alive || out.back().close) return out;
        reader.start();
      } else {
        return refuse(out, reader.failure());
      }
    }
  }

  App app;
  http::Service service{
      app,
      {std::begin(kRoutes), std::end(kRoutes)},
      {.allowed_hosts = {"localhost", "[::1]"}, .allowed_origins = {"https://app.example"}}};

 private:
  std::vector<http::Reply>& refuse(std::vector<http::Reply>& out, int status) {
    Ctx ctx{io_.get_executor(), Clock::system(), database_, Clock::system().steady()};
    out.push_back(service.protocol_error(ctx, status));
    return out;
  }

  asio::io_context io_{1};
  net::BlockingPool blocking_{1};
  pg::Database database_{
      io_.get_executor(), Clock::system(), blocking_, {Secret("postgresql://nowhere"), "notes", 0, 0}};
  Doorman doorman_;
};

}  // namespace notes
}  // namespace starter
