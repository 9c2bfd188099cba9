#include <boost/json.hpp>
#include <cstdlib>

#include "tests/http/notes.h"

// Bytes of a client through reader, router, query string, JSON and handlers. The replies are the same however
// the bytes are cut (the first byte says where), each is a document, and none says that we have a bug.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  if (size == 0) return 0;
  static notes::Desk desk;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = desk.converse(input, input.size() + 1);
  const auto cut = desk.converse(input, data[0] % 61 + 1);
  // A refusal is the last reply, and may come as soon as its reason has arrived or once the head is there.
  const auto refused = [](const std::vector<http::Reply>& replies) {
    return !replies.empty() && replies.back().close;
  };
  const size_t common = std::min(whole.size() - refused(whole), cut.size() - refused(cut));
  if (whole.size() - refused(whole) != common || cut.size() - refused(cut) != common) std::abort();
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i < common && (whole[i].status != cut[i].status || whole[i].body != cut[i].body)) std::abort();
    if (whole[i].status == 500) std::abort();
    boost::system::error_code error;
    if (!whole[i].body.empty()) boost::json::parse(whole[i].body, error);
    if (error) std::abort();
  }
  return 0;
}
