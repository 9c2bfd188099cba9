// Tables that describe types, so that one interpreter serves JSON, query strings, Postgres rows and schemas.
//
// A struct becomes describable with BOOST_DESCRIBE_STRUCT; type_of<T> turns it into a constexpr TypeInfo, and
// the codec (json.h, rows of Postgres, OpenAPI) walks that table. Nothing but a few one-line functions is
// instantiated for each type: a route file compiles in about a second and never includes a JSON library.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "starter/core/types.h"

namespace starter {

/// How a value looks in JSON.
enum class Kind : uint8_t { boolean, integer, number, text, object, array, optional, raw_json };

struct TypeInfo;

struct FieldInfo {
  std::string_view name;
  const TypeInfo* type;
  void* (*at)(void* object);
  bool required;
};

/// What a container offers to the codec; `at` also serves optionals (index 0).
struct ContainerInfo {
  size_t (*size)(const void*);
  const void* (*at)(const void*, size_t);
  void* (*append)(void*);  // a vector's new last element, an optional's emplaced value
};

struct TypeInfo {
  Kind kind;
  std::string_view name{};    // schema name; of objects and enumerations
  std::string_view format{};  // OpenAPI format of a text
  std::span<const FieldInfo> fields{};
  std::span<const std::string_view> values{};  // of an enumeration
  const TypeInfo* element = nullptr;           // of an array or optional
  const ContainerInfo* container = nullptr;
  // Texts. from_text answers nullptr or what is wrong; to_text is null where a value may be read but never
  // written.
  const char* (*from_text)(std::string_view, void*) = nullptr;
  void (*to_text)(const void*, std::string&) = nullptr;
  // Integers and booleans.
  void (*from_integer)(int64_t, void*) = nullptr;
  int64_t (*to_integer)(const void*) = nullptr;
  int64_t minimum = std::numeric_limits<int64_t>::min(), maximum = std::numeric_limits<int64_t>::max();
  size_t min_length = 0, max_length = 0;  // in code points; 0 means the codec's own bound
  size_t min_items = 0, max_items = 0;    // of an array; 0 means the codec's own bound
};

/// A field that may be missing from a request and then has this value.
template <auto Value>
struct Default {
  using value_type = decltype(Value);
  value_type value = Value;
  operator value_type() const { return value; }
};

/// A list in a request with between Min and Max items; a longer or shorter one gets no further than the
/// codec.
template <class T, size_t Min, size_t Max>
struct List {
  using value_type = std::vector<T>;
  value_type items;
  static constexpr size_t min_items = Min, max_items = Max;
};

/// JSON text that is passed through unread: a jsonb column on its way to a reply.
struct RawJson {
  std::string text = "{}";
  static const char* from_text(std::string_view text, RawJson& out) {
    out.text = text;
    return nullptr;
  }
  void to_text(std::string& out) const { out += text; }
};

template <class T>
struct Page;

namespace describe {

template <class T>
concept TextScalar = requires(T& out, std::string_view text) {
  { T::from_text(text, out) } -> std::same_as<const char*>;
};
template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_list : std::false_type {};
template <class T, size_t Min, size_t Max>
struct is_list<List<T, Min, Max>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_default : std::false_type {};
template <auto V>
struct is_default<Default<V>> : std::true_type {};
template <class T>
struct is_int : std::false_type {};
template <int64_t A, int64_t B>
struct is_int<Int<A, B>> : std::true_type {};
template <class T>
struct is_page : std::false_type {};
template <class T>
struct is_page<Page<T>> : std::true_type {
  using element = T;
};

template <class T>
inline constexpr bool always_false = false;

/// "Invite" for starter::tenants::Invite; "InvitePage" for Page<Invite>.
template <class T>
constexpr std::string_view bare_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  const size_t begin = text.find("T = ") + 4;
  text = text.substr(begin, text.find(']', begin) - begin);
  if (const size_t angle = text.find('<'); angle != text.npos) text = text.substr(0, angle);
  if (const size_t colon = text.rfind(':'); colon != text.npos) text = text.substr(colon + 1);
  return text;
}
template <class T>
inline constexpr auto page_name = [] {
  constexpr auto bare = bare_name<T>();
  std::array<char, bare.size() + 4> out{};
  size_t i = 0;
  for (char c : bare) out[i++] = c;
  for (char c : {'P', 'a', 'g', 'e'}) out[i++] = c;
  return out;
}();
template <class T>
constexpr std::string_view schema_name() {
  if constexpr (is_page<T>::value) {
    return {page_name<typename is_page<T>::element>.data(), page_name<typename is_page<T>::element>.size()};
  } else {
    return bare_name<T>();
  }
}

// Counts the members of an aggregate, to compare them with what was described.
struct Anything {
  template <class T>
  operator T() const;
};
template <class T, size_t... I>
constexpr bool braces(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), Anything{})...}; };
}
template <class T, size_t N>
constexpr bool has_more_members_than = braces<T>(std::make_index_sequence<N + 1>{});

template <auto Member>
struct MemberAccess;
template <class C, class M, M C::* Member>
struct MemberAccess<Member> {
  using type = M;
  static void* at(void* object) { return &(static_cast<C*>(object)->*Member); }
};

}  // namespace describe

template <class T>
consteval TypeInfo make_type_info();

/// The table of T. T is a described struct or enum, a scalar with from_text, bool, an integer, std::string,
/// std::vector, List, std::optional or Default.
template <class T>
inline constexpr TypeInfo type_of = make_type_info<T>();

namespace describe {

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
inline constexpr auto field_table = [] {
  constexpr size_t count = boost::mp11::mp_size<Members<T>>::value;
  if constexpr (std::is_aggregate_v<T>) {
    static_assert(!has_more_members_than<T, count>,
                  "a member of this struct is missing from its BOOST_DESCRIBE_STRUCT");
  }
  std::array<FieldInfo, count> fields{};
  size_t i = 0;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    using Access = MemberAccess<decltype(member)::pointer>;
    using M = typename Access::type;
    fields[i++] = {member.name, &type_of<M>, &Access::at, !is_optional<M>::value && !is_default<M>::value};
  });
  return fields;
}();

template <class T>
inline constexpr auto enum_names = [] {
  using List = boost::describe::describe_enumerators<T>;
  std::array<std::string_view, boost::mp11::mp_size<List>::value> names{};
  size_t i = 0;
  boost::mp11::mp_for_each<List>([&](auto e) { names[i++] = e.name; });
  return names;
}();
template <class T>
inline constexpr auto enum_values = [] {
  using List = boost::describe::describe_enumerators<T>;
  std::array<T, boost::mp11::mp_size<List>::value> values{};
  size_t i = 0;
  boost::mp11::mp_for_each<List>([&](auto e) { values[i++] = e.value; });
  return values;
}();

template <class T>
const char* enum_from_text(std::string_view text, void* out) {
  for (size_t i = 0; i < enum_names<T>.size(); ++i) {
    if (enum_names<T>[i] == text) {
      *static_cast<T*>(out) = enum_values<T>[i];
      return nullptr;
    }
  }
  return "is not one of the allowed values";
}

const char* string_from_text(std::string_view text, void* out);
void string_to_text(const void* value, std::string& out);

template <class V>
inline constexpr ContainerInfo vector_info{
    [](const void* v) { return static_cast<const V*>(v)->size(); },
    [](const void* v, size_t i) -> const void* { return &(*static_cast<const V*>(v))[i]; },
    [](void* v) -> void* { return &static_cast<V*>(v)->emplace_back(); }};
template <class O>
inline constexpr ContainerInfo optional_info{
    [](const void* o) -> size_t { return static_cast<const O*>(o)->has_value() ? 1 : 0; },
    [](const void* o, size_t) -> const void* { return &**static_cast<const O*>(o); },
    [](void* o) -> void* { return &static_cast<O*>(o)->emplace(); }};

template <class T>
consteval TypeInfo text_info() {
  TypeInfo info{.kind = Kind::text};
  info.from_text = [](std::string_view text, void* out) { return T::from_text(text, *static_cast<T*>(out)); };
  if constexpr (requires(const T& t, std::string& s) { t.to_text(s); }) {
    info.to_text = [](const void* value, std::string& out) { static_cast<const T*>(value)->to_text(out); };
  } else {
    info.format = "password";
  }
  if constexpr (requires { T::max_length; }) info.max_length = T::max_length;
  if constexpr (requires { T::min_length; }) info.min_length = T::min_length;
  if constexpr (std::is_same_v<T, Uuid>) info.format = "uuid";
  if constexpr (std::is_same_v<T, Timestamp>) info.format = "date-time";
  if constexpr (std::is_same_v<T, Email>) info.format = "email";
  if constexpr (std::is_same_v<T, RawJson>) info.kind = Kind::raw_json;
  return info;
}

}  // namespace describe

/// The text of a described enumerator.
template <describe::DescribedEnum T>
constexpr std::string_view enum_text(T value) {
  for (size_t i = 0; i < describe::enum_values<T>.size(); ++i) {
    if (describe::enum_values<T>[i] == value) return describe::enum_names<T>[i];
  }
  return {};
}

template <class T>
consteval TypeInfo make_type_info() {
  using namespace describe;
  if constexpr (std::is_same_v<T, bool>) {
    return {.kind = Kind::boolean,
            .from_integer = [](int64_t v, void* out) { *static_cast<bool*>(out) = v != 0; },
            .to_integer = [](const void* v) -> int64_t { return *static_cast<const bool*>(v); },
            .minimum = 0,
            .maximum = 1};
  } else if constexpr (std::is_integral_v<T>) {
    return {.kind = Kind::integer,
            .from_integer = [](int64_t v, void* out) { *static_cast<T*>(out) = static_cast<T>(v); },
            .to_integer = [](const void* v) -> int64_t {
              return static_cast<int64_t>(*static_cast<const T*>(v));
            },
            .minimum = sizeof(T) == 8 ? std::numeric_limits<int64_t>::min()
                                      : static_cast<int64_t>(std::numeric_limits<T>::min()),
            .maximum = sizeof(T) == 8 ? std::numeric_limits<int64_t>::max()
                                      : static_cast<int64_t>(std::numeric_limits<T>::max())};
  } else if constexpr (is_int<T>::value) {
    return {.kind = Kind::integer,
            .from_integer = [](int64_t v, void* out) { static_cast<T*>(out)->value = v; },
            .to_integer = [](const void* v) -> int64_t { return static_cast<const T*>(v)->value; },
            .minimum = T::minimum,
            .maximum = T::maximum};
  } else if constexpr (std::is_same_v<T, double>) {
    return {.kind = Kind::number};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {.kind = Kind::text, .from_text = string_from_text, .to_text = string_to_text};
  } else if constexpr (DescribedEnum<T>) {
    return {.kind = Kind::text,
            .name = bare_name<T>(),
            .values = enum_names<T>,
            .from_text = enum_from_text<T>,
            .to_text = [](const void* v, std::string& out) { out += enum_text(*static_cast<const T*>(v)); }};
  } else if constexpr (is_default<T>::value) {
    return type_of<typename T::value_type>;  // Default<V> is one value at offset 0
  } else if constexpr (is_vector<T>::value) {
    return {.kind = Kind::array, .element = &type_of<typename T::value_type>, .container = &vector_info<T>};
  } else if constexpr (is_list<T>::value) {
    TypeInfo info = type_of<typename T::value_type>;  // List<T> is one vector at offset 0
    info.min_items = T::min_items, info.max_items = T::max_items;
    return info;
  } else if constexpr (is_optional<T>::value) {
    return {
        .kind = Kind::optional, .element = &type_of<typename T::value_type>, .container = &optional_info<T>};
  } else if constexpr (TextScalar<T>) {
    return text_info<T>();
  } else if constexpr (Described<T>) {
    return {.kind = Kind::object, .name = schema_name<T>(), .fields = field_table<T>};
  } else {
    static_assert(always_false<T>, "this type has no JSON form: describe it with BOOST_DESCRIBE_STRUCT");
  }
}

/// One page of a list, newest or smallest first; `next_cursor` is null on the last one.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
  BOOST_DESCRIBE_CLASS(Page, (), (items, next_cursor), (), ())
};

}  // namespace starter
