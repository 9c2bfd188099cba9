#include <cstdint>

#include "starter/mail/smtp.h"

// Replies of a hostile server through the reader and a conversation.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  mail::SmtpReplyReader reader;
  const mail::SmtpUrl url{.host = "localhost", .port = 25, .user = "u", .password = Secret("p")};
  mail::SmtpConversation conversation(url, {{"a@example.com"}, {"b@example.com"}}, "text\r\n", "localhost");
  reader.feed({reinterpret_cast<const char*>(data), size});
  for (auto reply = reader.next(); reply && *reply; reply = reader.next()) {
    const auto step = conversation.on_reply(**reply);
    if (!step || step->next == mail::SmtpConversation::Next::done) break;
    if (step->next == mail::SmtpConversation::Next::start_tls) conversation.on_tls();
  }
  return 0;
}
