// How a name is spelt in the languages it is written into, and exchanged for another one in their texts.
#pragma once

#include <string>
#include <string_view>

namespace starter::console::dev {

/// One name in its spellings, from which renaming starts: "invoice_lines" -> invoice_line, InvoiceLines, ...
struct Spellings {
  std::string plural;          // invoice_lines
  std::string singular;        // invoice_line
  std::string plural_type;     // InvoiceLines
  std::string singular_type;   // InvoiceLine
  std::string plural_path;     // invoice-lines
  std::string singular_path;   // invoice-line
  std::string plural_upper;    // INVOICE_LINES
  std::string singular_upper;  // INVOICE_LINE
};
Spellings spell(std::string_view plural);

/// Replaces every spelling of one name by that of another; letters that continue a lower-case word keep it
/// untouched.
std::string rename_text(std::string_view text, const Spellings& from, const Spellings& to);

/// The same for a file of messages: keys are names, values are prose ("Projects" -> "Invoice lines").
std::string rename_messages(std::string_view text, const Spellings& from, const Spellings& to);

/// "invoice_lines" -> InvoiceLines.
std::string camel(std::string_view snake);
/// "invoice_lines" -> invoice-lines.
std::string dashed(std::string text);
std::string lowered(std::string text);
/// With a capital first letter.
std::string capital(std::string text);

/// The text with `value` in the place of every `hole`.
std::string filled(std::string text, std::string_view hole, const std::string& value);

/// A letter, a digit or "_".
bool is_word_char(char c);
/// Whether the word stands in the text as a whole.
bool has_word(std::string_view text, std::string_view word);

}  // namespace starter::console::dev
