#include "dev/scaffold.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "dev/spelling.h"
#include "tests/support.h"

namespace starter::console::dev {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

TEST(Rename, ExchangesEverySpellingAndLeavesOtherWordsAlone) {
  const auto renamed = rename_text(
      "projects project Projects ProjectCreate PROJECT_ID kProjects list_projects /projects/{project} "
      "projection subproject",
      spell("projects"), spell("invoice_lines"));
  EXPECT_EQ(renamed,
            "invoice_lines invoice_line InvoiceLines InvoiceLineCreate INVOICE_LINE_ID kInvoiceLines "
            "list_invoice_lines "
            "/invoice_lines/{invoice_line} projection subproject");
}

TEST(Rename, KnowsPluralsThatAreNotOneLetterLonger) {
  EXPECT_EQ(spell("companies").singular, "company");
  EXPECT_EQ(spell("boxes").singular, "box");
  EXPECT_EQ(spell("addresses").singular, "address");
  EXPECT_EQ(spell("access").singular, "access");
}

class ScaffoldTree : public ::testing::Test {
 protected:
  ScaffoldTree() {
    root.put("tools/scaffolds.yaml", R"(
feature:
  name: snake
  example: projects
  copy: [src/projects, tests/projects_test.cpp, "sql/*_projects.sql"]
  prose: {": the example.": "."}
  repeat:
    - {file: wiring.cpp, lines: ['#include "projects/feature.h"', '{"projects", projects::routes()']}
    - {file: en.json, lines: ['"projects": "Projects"', '"projects": {']}
    - {file: de.json, lines: ['"projects": "Projekte"'], words: {Projekte: plural, Projekt: singular}}
  next: ./dev watch
migration:
  name: snake
  files: [{path: "migrations/{time}_{name}.sql", text: "-- {title}\n"}]
  next: ./dev db migrate
env:
  name: upper
  insert: [{file: environment.yaml, after: "settings:", text: "- name: {name}"}]
  next: starter-console config explain {name}
)");
    root.put("sql/20260101000000_projects.sql", "-- Projects: the example.\nCREATE TABLE projects ();\n");
    root.put(
        "wiring.cpp",
        "#include \"members/feature.h\"\n#include \"projects/feature.h\"\n#include \"tenants/feature.h\"\n"
        "  {\"projects\", projects::routes()},\n  {\"tenants\", tenants::routes()},\n");
    root.put("en.json",
             "{\n  \"navigation\": {\n    \"projects\": \"Projects\"\n  },\n  \"projects\": {\n"
             "    \"title\": \"Projects\",\n    \"create\": \"Create a project\"\n  }\n}\n");
    root.put("de.json", "{\n  \"projects\": \"Projekte\"\n}\n");
    root.put("src/projects/routes.cpp", "Route kProjectRoutes; // projects\n");
    root.put("src/projects/project_store.cpp", "INSERT INTO projects\n");
    root.put("tests/projects_test.cpp", "TEST(Projects, Works) {}\n");
    root.put("environment.yaml", "settings:\n- name: PORT\n");
  }
  Outcome<std::vector<Change>> plan(const std::string& kind, const std::string& name) {
    const Workspace workspace(root.path());
    return plan_scaffold(workspace, CHECKED(load_scaffold(workspace, kind)), name);
  }
  static std::string text_of(const std::vector<Change>& changes, const std::string& path) {
    const auto found = std::ranges::find(changes, fs::path(path), &Change::path);
    return found == changes.end() ? "(no " + path + ")" : found->text;
  }
  TemporaryFolder root;
};

TEST_F(ScaffoldTree, AFeatureIsWiredInWhereTheExampleIs) {
  const auto changes = plan("feature", "members_rooms");
  ASSERT_TRUE(changes.has_value()) << changes.error().what;
  EXPECT_EQ(text_of(*changes, "wiring.cpp"),
            "#include \"members/feature.h\"\n#include \"members_rooms/feature.h\"\n#include "
            "\"projects/feature.h\"\n"
            "#include \"tenants/feature.h\"\n  {\"projects\", projects::routes()},\n"
            "  {\"members_rooms\", members_rooms::routes()},\n  {\"tenants\", tenants::routes()},\n");
}

TEST_F(ScaffoldTree, MessagesStayJsonAndReadLikeProse) {
  const auto changes = plan("feature", "invoice_lines");
  ASSERT_TRUE(changes.has_value()) << changes.error().what;
  const auto english = boost::json::parse(text_of(*changes, "en.json"));
  EXPECT_EQ(english.at("navigation").at("invoice_lines"), "Invoice lines");
  EXPECT_EQ(english.at("invoice_lines").at("create"), "Create an invoice line");
  EXPECT_EQ(english.at("projects").at("title"), "Projects");
  EXPECT_EQ(boost::json::parse(text_of(*changes, "de.json")).at("invoice_lines"),
            "\u201eInvoice lines\u201c");
}

TEST_F(ScaffoldTree, TheMigrationOfAFeatureGetsATimeOfItsOwnAndSaysWhatItIs) {
  const auto changes = plan("feature", "invoices");
  ASSERT_TRUE(changes.has_value());
  const auto sql =
      std::ranges::find_if(*changes, [](const Change& one) { return one.path.extension() == ".sql"; });
  ASSERT_NE(sql, changes->end());
  EXPECT_THAT(sql->path.string(), ::testing::MatchesRegex("sql/[0-9]{14}_invoices\\.sql"));
  EXPECT_NE(sql->path, fs::path("sql/20260101000000_invoices.sql"));
  EXPECT_EQ(sql->text, "-- Invoices.\nCREATE TABLE invoices ();\n");
}

TEST_F(ScaffoldTree, AFeatureIsTheExampleRenamedInPathsAndText) {
  const auto changes = plan("feature", "invoices");
  ASSERT_TRUE(changes.has_value()) << changes.error().what;
  EXPECT_EQ(changes->size(), 7u);
  EXPECT_EQ(text_of(*changes, "src/invoices/invoice_store.cpp"), "INSERT INTO invoices\n");
  EXPECT_EQ(text_of(*changes, "src/invoices/routes.cpp"), "Route kInvoiceRoutes; // invoices\n");
  EXPECT_FALSE(std::filesystem::exists(root / "src/invoices")) << "a plan writes nothing";
  ASSERT_TRUE(write_scaffold(Workspace(root.path()), *changes).has_value());
  EXPECT_EQ(*read_file(root / "tests/invoices_test.cpp"), "TEST(Invoices, Works) {}\n");
}

TEST_F(ScaffoldTree, NothingThatExistsIsOverwritten) {
  root.put("tests/invoices_test.cpp", "mine\n");
  const auto changes = plan("feature", "invoices");
  ASSERT_FALSE(changes.has_value());
  EXPECT_EQ(changes.error().exit, Exit::conflict);
  EXPECT_EQ(plan("env", "PORT").error().exit, Exit::conflict);
}

TEST_F(ScaffoldTree, NamesThatCannotBePathsOrWordsAreRefused) {
  for (const auto* name : {"", "../x", "Invoices", "a b", "1st", "x_", "a-b"})
    EXPECT_FALSE(plan("feature", name).has_value()) << name;
  EXPECT_FALSE(plan("env", "lower").has_value());
}

TEST_F(ScaffoldTree, NamesThatMeanSomethingAlreadyAreRefusedWithTheReason) {
  root.put("packages/starter_runtime/include/starter/core/task.h",
           "namespace starter {\ntemplate <class T>\nclass Task;\n}\nnamespace starter::queues {}\n");
  for (const auto& [name, reason] : {std::pair{"classes", "\"class\" is a word"},
                                     {"news", "\"new\" is a word"},
                                     {"values", "\"values\" is a word"},
                                     {"switches", "\"switch\" is a word"},
                                     {"equipment", "needs a plural"},
                                     {"tasks", "\"Task\" is declared in packages/starter_runtime/include"},
                                     {"queues", "\"queues\" is declared in"}}) {
    const auto changes = plan("feature", name);
    ASSERT_FALSE(changes.has_value()) << name;
    EXPECT_EQ(changes.error().exit, Exit::usage) << name;
    EXPECT_THAT(changes.error().why, HasSubstr(reason));
  }
  EXPECT_TRUE(plan("feature", "tasklists").has_value());
  EXPECT_THAT(plan("env", "DEFAULT").error().why, HasSubstr("\"default\""));
}

TEST_F(ScaffoldTree, ASettingThatExistsIsNotDeclaredTwice) {
  root.put("table.cpp", "kTable = {\n    {.name = \"PORT\", .type = integer},\n};\n");
  root.put("settings.h", "struct Settings {\n  uint16_t port, threads;\n};\n");
  root.put("tools/scaffolds.yaml", R"(
env:
  name: upper
  insert:
    - {file: table.cpp, after: "kTable = {", text: '    {.name = "{name}"},'}
    - {file: settings.h, after: "struct Settings {", text: "  std::string {lower};"}
  next: ""
)");
  EXPECT_EQ(plan("env", "PORT").error().exit, Exit::conflict);
  EXPECT_EQ(plan("env", "THREADS").error().exit, Exit::conflict) << "its member would stand there twice";
  EXPECT_TRUE(plan("env", "PORT_OF_CALL").has_value());
}

TEST_F(ScaffoldTree, AMigrationCarriesTheTimeAndASettingIsOneMoreLine) {
  const auto migration = plan("migration", "add_due_date");
  ASSERT_TRUE(migration.has_value());
  EXPECT_THAT((*migration)[0].path.string(),
              ::testing::MatchesRegex("migrations/[0-9]{14}_add_due_date\\.sql"));
  const auto setting = plan("env", "INVOICE_PREFIX");
  ASSERT_TRUE(setting.has_value());
  EXPECT_EQ((*setting)[0].text, "settings:\n- name: INVOICE_PREFIX\n- name: PORT\n");
  EXPECT_EQ(next_step({.kind = "env", .next = "explain {name}"}, "INVOICE_PREFIX"), "explain INVOICE_PREFIX");
}

TEST_F(ScaffoldTree, AMissingExampleIsNamed) {
  std::filesystem::remove_all(root / "src");
  EXPECT_THAT(plan("feature", "invoices").error().what, HasSubstr("src/projects"));
}

}  // namespace starter::console::dev
