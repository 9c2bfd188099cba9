// Malformed, ambiguous and smuggling HTTP/1.1 on the API's own port. Each row is followed on the same
// connection by a well-formed probe: after a refusal the connection must be over, and after an acceptance the
// probe must be understood. Whatever a row hides inside its body carries the id "smuggled" and must never be
// answered.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/api.h"
#include "support/problem.h"
#include "support/raw_http.h"

namespace starter::test {
namespace {

enum class Then { goes_on, closes, either };

struct Row {
  std::string name, bytes;
  std::set<int> statuses;  // 0: no reply at all
  Then then;
};

constexpr const char* kProbe = "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: probe\r\n\r\n";
constexpr const char* kSmuggled = "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: smuggled\r\n\r\n";
const std::string kPost =
    "POST /api/v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

std::string get(const std::string& headers, const std::string& line = "GET /health HTTP/1.1") {
  return line + "\r\nHost: localhost\r\n" + headers + "\r\n";
}

std::string shown(const std::string& bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 200)) {
    char hex[6];
    std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
    out += c >= 0x20 && c < 0x7F ? std::string(1, c) : hex;
  }
  return out;
}

std::vector<Row> table() {
  std::vector<Row> out;
  const auto refuse = [&](std::string name, std::string bytes, std::set<int> statuses = {400}) {
    out.push_back({std::move(name), std::move(bytes), std::move(statuses), Then::closes});
  };
  const auto accept = [&](std::string name, std::string bytes, std::set<int> statuses = {200}) {
    out.push_back({std::move(name), std::move(bytes), std::move(statuses), Then::goes_on});
  };
  const auto either = [&](std::string name, std::string bytes, std::set<int> statuses) {
    out.push_back({std::move(name), std::move(bytes), std::move(statuses), Then::either});
  };
  const auto character = [](int c) { return std::string(1, static_cast<char>(c)); };

  // The request line.
  accept("plain", get(""));
  accept("absolute form", "GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  accept("absolute form decides over Host",
         "GET http://localhost/openapi.json HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  accept("absolute form of a host that is not ours",
         "GET http://evil.example/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n", {421});
  accept("absolute form without path", "GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", {404});
  refuse("absolute form of another scheme", "GET ftp://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  refuse("absolute form with a user", "GET http://u:p@localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  refuse("authority form", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  refuse("relative target", "GET health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  refuse("asterisk with GET", "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n");
  accept("asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", {200, 204, 404});
  refuse("fragment", get("", "GET /health#x HTTP/1.1"));
  refuse("blank in the target", get("", "GET /health x HTTP/1.1"), {400, 505});
  refuse("no target", get("", "GET HTTP/1.1"));
  refuse("two blanks", get("", "GET  /health HTTP/1.1"));
  refuse("tab for blank", get("", "GET\t/health HTTP/1.1"));
  refuse("blank before the line", " " + get(""));
  refuse("no version", get("", "GET /health"));
  refuse("empty method", get("", " /health HTTP/1.1"));
  for (const char* method : {"get", "Get", "BREW", "TRACE", "PUT", "DELETE", "PROPFIND"}) {
    accept(std::string("method ") + method, get("", std::string(method) + " /health HTTP/1.1"), {405, 501});
  }
  for (const char c : std::string("\"(),/:;<=>?@[\\]{}"))
    refuse(std::string("method with ") + c, get("", std::string("G") + c + "T /health HTTP/1.1"));
  for (int c = 1; c < 0x20; ++c) {
    if (c != '\r' && c != '\n')
      refuse("target with control " + std::to_string(c), get("", "GET /he" + character(c) + "alth HTTP/1.1"));
  }
  for (const int c : {0, 0x7F, 0x80, 0xFF})
    refuse("target with byte " + std::to_string(c), get("", "GET /he" + character(c) + "alth HTTP/1.1"));
  refuse("target of 9,000 bytes", get("", "GET /" + std::string(9000, 'a') + " HTTP/1.1"), {414});
  refuse("target of 100,000 bytes", get("", "GET /" + std::string(100000, 'a') + " HTTP/1.1"), {414, 431});
  for (const char* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/3.0", "HTTP/9.9"}) {
    refuse(version, get("", std::string("GET /health ") + version), {400, 505});
  }
  for (const char* version :
       {"http/1.1",  "HTTP/1",    "HTTP/1.",    "HTTP/.1",   "HTTP/11",   "HTTP/1.1x", "HTTP/ 1.1",
        "HTTP/1.1 ", "HTTP /1.1", "HTTP/01.1",  "HTTP/1.01", "HTTP/1.10", "HTTP/-1.1", "HTTP/1,1",
        "HTTPS/1.1", "FTP/1.1",   "HTTP/1.1\t", "HTTP\\1.1", "H",         "/"}) {
    refuse(std::string("version ") + version, get("", std::string("GET /health ") + version), {400, 505});
  }
  either("an empty line first", "\r\n" + get(""), {200, 400});
  either("many empty lines first", "\r\n\r\n\r\n\r\n" + get(""), {200, 400});
  refuse("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505});
  refuse("a TLS greeting",
         std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(64, 'x') + "\r\n\r\n");
  refuse("noise", std::string("\xde\xad\xbe\xef\r\n\r\n"));
  refuse("zeros", std::string(64, '\0') + "\r\n\r\n");

  // Lines.
  refuse("bare line feeds", "GET /health HTTP/1.1\nHost: localhost\n\n", {400, 505});
  refuse("one bare line feed", "GET /health HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n");
  refuse("bare line feed hides a header", get("X: y\nTransfer-Encoding: chunked\r\n"));
  refuse("bare carriage return in a value", get("X: a\rb\r\n"));
  refuse("bare carriage return hides a header", get("X: a\rTransfer-Encoding: chunked\r\n"));
  refuse("carriage returns for ends", "GET /health HTTP/1.1\rHost: localhost\r\r", {400, 505});
  refuse("folded line", get("X: a\r\n b\r\n"));
  refuse("folded with a tab", get("X: a\r\n\tb\r\n"));
  refuse("folded first header", "GET /health HTTP/1.1\r\n Host: localhost\r\nHost: localhost\r\n\r\n");
  refuse("folded transfer coding", kPost + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n");
  refuse("folded length", kPost + "Content-Length:\r\n 2\r\n\r\n[]");

  // Names and values.
  for (const char c : std::string("\"(),/;<=>?@[\\]{} \t"))
    refuse(std::string("name with ") + c, get(std::string("X") + c + "Y: z\r\n"));
  for (const int c : {0, 1, 8, 0x0B, 0x0C, 0x1F, 0x7F, 0x80, 0xE9, 0xFF})
    refuse("name with byte " + std::to_string(c), get("X" + character(c) + "Y: z\r\n"));
  refuse("blank before the colon", get("X : y\r\n"));
  refuse("tab before the colon", get("X\t: y\r\n"));
  refuse("no name", get(": y\r\n"));
  refuse("no colon", get("X\r\n"));
  refuse("zero byte in a value", get(std::string("X: a\0b\r\n", 8)));
  for (const int c : {1, 7, 8, 0x0B, 0x0C, 0x0E, 0x1B, 0x1F, 0x7F})
    either("control in a value " + std::to_string(c), get("X: a" + character(c) + "b\r\n"), {200, 400});
  accept("bytes above ASCII in a value", get("X: \xC3\xA9\xFF\r\n"));
  accept("empty value", get("X:\r\nY: \r\n"));
  accept("blanks around a value", get("X: \t y \t \r\n"));
  accept("the same name often", get("X: 1\r\nX: 2\r\nX: 3\r\n"));

  // Host.
  refuse("no Host", "GET /health HTTP/1.1\r\n\r\n");
  refuse("two Hosts", get("Host: localhost\r\n"));
  refuse("two different Hosts", get("Host: evil.example\r\n"));
  refuse("two Hosts in another case", get("hOsT: localhost\r\n"));
  for (const char* host : {"local host", "localhost/evil", "user@localhost", "localhost#x", "localhost?x",
                           "localhost:80:80", "localhost:x", "local\\host", "<localhost>",
                           "localhost,evil.example", "[::1", "::1]", "\"localhost\"", "local\thost"}) {
    refuse(std::string("Host ") + host, "GET /health HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
  }
  for (const char* host :
       {"localhost", "localhost:8000", "LOCALHOST", "127.0.0.1", "[::1]", "[::1]:80", "a.b-c.example"}) {
    accept(std::string("Host ") + host, "GET /health HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
  }

  // Content-Length.
  accept("a body", kPost + "Content-Length: 2\r\n\r\n[]", {422});
  accept("a body of a GET", get("Content-Length: 5\r\n") + "hello");
  accept("leading zeros", kPost + "Content-Length: 0002\r\n\r\n[]", {422});
  accept("blanks around the length", kPost + "Content-Length:  2 \r\n\r\n[]", {422});
  for (const char* length :
       {"+2", "-2", "2 2", "2;", "0x2", "2.0", "", "two", "18446744073709551616",
        "99999999999999999999999999", "2e0", "2,", ",2", "\"2\"", "2 ,3", "2, 3", "-0", "\xD9\xA2"}) {
    refuse(std::string("Content-Length ") + length,
           kPost + "Content-Length: " + length + "\r\n\r\n[]" + kSmuggled, {400, 413});
  }
  either("Content-Length 2, 2", kPost + "Content-Length: 2, 2\r\n\r\n[]", {400, 422});
  either("the same length twice", kPost + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n[]", {400, 422});
  refuse("two lengths", kPost + "Content-Length: 2\r\nContent-Length: 100\r\n\r\n[]" + kSmuggled);
  refuse("two lengths the other way",
         kPost + "Content-Length: 100\r\nContent-Length: 2\r\n\r\n[]" + kSmuggled);
  refuse("control behind the length", kPost + "Content-Length: 2\x0B\r\n\r\n[]" + kSmuggled);
  refuse("blank before the colon of the length", kPost + "Content-Length : 2\r\n\r\n[]" + kSmuggled);
  refuse("100 MB announced", kPost + "Content-Length: 104857600\r\n\r\n[]", {413});
  refuse("one byte too many announced", kPost + "Content-Length: 16385\r\n\r\n[]", {413});

  // Transfer-Encoding.
  const std::string chunked = "2\r\n[]\r\n0\r\n\r\n";
  accept("chunked", kPost + "Transfer-Encoding: chunked\r\n\r\n" + chunked, {422});
  accept("chunked in capitals", kPost + "TRANSFER-ENCODING: Chunked\r\n\r\n" + chunked, {422});
  accept("chunked of a GET", get("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n");
  for (const char* coding : {"gzip, chunked",
                             "identity",
                             "chunked, identity",
                             "chunked, chunked",
                             "xchunked",
                             "chunkedx",
                             "chunked;q=1",
                             "\"chunked\"",
                             "'chunked'",
                             "chunked,",
                             ",chunked",
                             "",
                             "chunk",
                             "gzip",
                             "deflate",
                             "chunked\x0B",
                             "\x0B"
                             "chunked",
                             "cow",
                             "chunked cow",
                             "br,chunked"}) {
    refuse(std::string("Transfer-Encoding ") + coding,
           kPost + "Transfer-Encoding: " + coding + "\r\n\r\n" + chunked + kSmuggled, {400, 501});
  }
  refuse("two codings",
         kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + kSmuggled,
         {400, 501});
  refuse("chunked, then identity",
         kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunked + kSmuggled,
         {400, 501});
  refuse("length and coding",
         kPost + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kSmuggled);
  refuse("coding and length",
         kPost + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + kSmuggled);
  refuse("length and an unknown coding",
         kPost + "Content-Length: 2\r\nTransfer-Encoding: x\r\n\r\n[]" + kSmuggled, {400, 501});
  refuse("length and an empty coding",
         kPost + "Content-Length: 2\r\nTransfer-Encoding:\r\n\r\n[]" + kSmuggled, {400, 501});
  refuse("blank before the colon of the coding",
         kPost + "Transfer-Encoding : chunked\r\n\r\n" + chunked + kSmuggled);
  refuse("chunked on HTTP/1.0",
         "POST /api/v1/auth/verify HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" +
             chunked + kSmuggled);
  accept("a name that only looks like it", get("Transfer_Encoding: chunked\r\nContent_Length: 5\r\n"));
  accept("a name with another prefix", get("X-Transfer-Encoding: chunked\r\n"));

  // Chunks.
  const std::string head = kPost + "Transfer-Encoding: chunked\r\n\r\n";
  accept("an extension", head + "2;a=b\r\n[]\r\n0\r\n\r\n", {422});
  accept("a quoted extension", head + "2;a=\"b;c\"\r\n[]\r\n0;x\r\n\r\n", {422});
  accept("leading zeros of a size", head + "0002\r\n[]\r\n000\r\n\r\n", {422});
  accept("two chunks", head + "1\r\n[\r\n1\r\n]\r\n0\r\n\r\n", {422});
  accept("capital hex", head + "A\r\n[1,2,3,4 ]\r\n0\r\n\r\n", {422});
  accept("trailers", head + "2\r\n[]\r\n0\r\nX-Trailer: y\r\n\r\n", {422});
  either("a length as trailer", head + "2\r\n[]\r\n0\r\nContent-Length: 99\r\n\r\n", {400, 422});
  either("a coding as trailer", head + "2\r\n[]\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n", {400, 422});
  for (const char* size : {"0x2", "-2", "+2", "2g", "g", "", " 2", "2 2", "FFFFFFFFFFFFFFFFF",
                           "8000000000000000", "10000000000000002", "2.", "2,",
                           "\x0B"
                           "2",
                           "two"}) {
    refuse(std::string("chunk size ") + size, head + size + "\r\n[]\r\n0\r\n\r\n" + kSmuggled, {400, 413});
  }
  either("blank behind a size", head + "2 \r\n[]\r\n0\r\n\r\n", {400, 422});
  refuse("more data than its size", head + "2\r\n[] \r\n0\r\n\r\n" + kSmuggled);
  refuse("data without its end", head + "2\r\n[]0\r\n\r\n" + kSmuggled);
  refuse("line feed behind a size", head + "2\n[]\r\n0\r\n\r\n" + kSmuggled);
  refuse("line feed behind data", head + "2\r\n[]\n0\r\n\r\n" + kSmuggled);
  refuse("carriage return behind a size", head + "2\r[]\r\n0\r\n\r\n" + kSmuggled);
  refuse("line feed in an extension", head + "2;a\nb\r\n[]\r\n0\r\n\r\n" + kSmuggled);
  refuse("an extension of 100,000 bytes", head + "2;" + std::string(100000, 'a') + "\r\n[]\r\n0\r\n\r\n",
         {400, 413, 431});
  std::string many;
  for (int i = 0; i < 20000; ++i) many += "1\r\n \r\n";
  refuse("20,000 chunks of one byte", head + many + "0\r\n\r\n", {413});
  refuse("one chunk above the limit", head + "10000\r\n" + std::string(65536, ' ') + "\r\n0\r\n\r\n", {413});
  std::string trailers;
  for (int i = 0; i < 20000; ++i) trailers += "X-" + std::to_string(i) + ": y\r\n";
  refuse("20,000 trailers", head + "2\r\n[]\r\n0\r\n" + trailers + "\r\n", {400, 413, 431});

  // Size of the head.
  refuse("a header of 1 MiB", get("X: " + std::string(1 << 20, 'a') + "\r\n"), {431});
  refuse("a cookie of 64 KiB", get("Cookie: a=" + std::string(1 << 16, 'a') + "\r\n"), {431});
  refuse("a name of 64 KiB", get(std::string(1 << 16, 'a') + ": b\r\n"), {431});
  std::string headers;
  for (int i = 0; i < 200; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  refuse("200 headers", get(headers), {431});
  accept("a head of 12 KiB", get("X: " + std::string(12 * 1024, 'a') + "\r\n"));

  // Connection, Expect, Upgrade.
  out.push_back({"Connection: close", get("Connection: close\r\n"), {200}, Then::closes});
  out.push_back({"Connection: close in a list", get("Connection: x, Close\r\n"), {200}, Then::closes});
  out.push_back({"HTTP/1.0", "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n", {200}, Then::closes});
  out.push_back({"HTTP/1.0 without Host", "GET /health HTTP/1.0\r\n\r\n", {200}, Then::closes});
  either("HTTP/1.0 keep-alive", "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {200});
  accept("Connection names a framing header", get("Connection: Content-Length, Host, Transfer-Encoding\r\n"));
  accept("100-continue", kPost + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n[]", {422});
  accept("100-continue in capitals", kPost + "Expect: 100-CONTINUE\r\nContent-Length: 2\r\n\r\n[]", {422});
  accept("100-continue without a body", get("Expect: 100-continue\r\n"));
  refuse("another expectation", get("Expect: 200-ok\r\n"), {417});
  refuse("100-continue with a body that is too large",
         kPost + "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", {413});
  accept("upgrade to HTTP/2",
         get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"));
  accept("upgrade to a web socket",
         get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"));

  // Paths that mean two things.
  for (const char* path : {"/health/", "//health", "/./health", "/x/../health", "/%68ealth", "/health%00",
                           "/health;x=y", "/health%2e", "/HEALTH", "/health%0d%0aX:y", "/\\health"}) {
    accept(std::string("path ") + path, get("", "GET " + std::string(path) + " HTTP/1.1"), {404});
  }
  return out;
}

/// What stands for each status that this table may be answered with.
const std::map<int, std::string> kCodes{
    {400, "request.malformed"},       {404, "route.not_found"},         {405, "method.not_allowed"},
    {413, "request.too_large"},       {414, "target.too_long"},         {417, "expectation.failed"},
    {421, "host.not_allowed"},        {422, "request.invalid"},         {431, "header.too_large"},
    {501, "transfer_coding.unknown"}, {505, "http_version.unsupported"}};

class Protocol : public WithApi<Protocol> {};

TEST_F(Protocol, P5NoMalformedRequestIsMisreadOrLeavesAConfusedConnection) {
  const auto rows = table();
  EXPECT_GE(rows.size(), 200u);
  std::set<int> seen;
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name + ": " + shown(row.bytes));
    const auto back = converse(api().port(), row.bytes + kProbe);
    ASSERT_EQ(back.find("timed out"), back.npos);
    const auto replies = replies_of(back);
    bool probed = false;
    for (const auto& reply : replies) {
      EXPECT_NE(reply.status, 0) << "a reply that is cut off: " << shown(back);
      if (reply.status >= 400) {
        seen.insert(reply.status);
        expect_problem(reply, kCodes.contains(reply.status) ? kCodes.at(reply.status) : "none that is known");
      }
      const auto id = reply.headers.find("x-request-id");
      EXPECT_FALSE(id != reply.headers.end() && id->second == "smuggled");
      probed |= id != reply.headers.end() && id->second == "probe";
    }
    const int status =
        replies.empty() ? 0
        : replies[0].headers.contains("x-request-id") && replies[0].headers.at("x-request-id") == "probe"
            ? -1
            : replies[0].status;
    EXPECT_TRUE(row.statuses.contains(status))
        << "answered " << status << " " << (replies.empty() ? "" : replies[0].body);
    if (row.then == Then::goes_on)
      EXPECT_TRUE(probed && replies.size() == 2) << "the probe behind it was not understood: " << shown(back);
    if (row.then == Then::closes) EXPECT_TRUE(!probed && replies.size() <= 1) << "the connection went on";
    if (row.then == Then::closes && !replies.empty()) EXPECT_TRUE(replies[0].headers.contains("connection"));
  }
  for (const auto& [status, code] : kCodes)
    EXPECT_TRUE(seen.contains(status)) << "no row was answered " << code;
  EXPECT_TRUE(api().process().running());
  EXPECT_EQ(api().client().get("/health").status, 200);
  EXPECT_EQ(api().log().find("\"bug\""), std::string::npos);
  RecordProperty("cases", static_cast<int>(rows.size()));
}

TEST_F(Protocol, P5EveryCutOfARequestIsHarmless) {
  const std::string whole =
      kPost + "Transfer-Encoding: chunked\r\nX: y\r\n\r\n2;a=b\r\n[]\r\n0\r\nT: z\r\n\r\n";
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto replies = replies_of(converse(api().port(), whole.substr(0, size)));
    if (!replies.empty()) {
      EXPECT_EQ(replies[0].status, 400) << size;
      expect_problem(replies[0], "request.malformed");
    }
  }
  EXPECT_EQ(api().client().get("/health").status, 200);
}

TEST_F(Protocol, P5FiveHundredPipelinedRequestsAreAnsweredInOrder) {
  std::string bytes;
  for (int i = 0; i < 500; ++i) {
    const std::string id = "X-Request-ID: p" + std::to_string(i) + "\r\n";
    bytes += i % 3 ? get(id) : kPost + id + "Content-Length: 2\r\n\r\n[]";
  }
  const auto replies = replies_of(converse(api().port(), bytes));
  ASSERT_EQ(replies.size(), 500u);
  for (size_t i = 0; i < 500; ++i) EXPECT_EQ(replies[i].headers.at("x-request-id"), "p" + std::to_string(i));
}

}  // namespace
}  // namespace starter::test
