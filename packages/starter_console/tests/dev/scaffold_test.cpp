#include "dev/scaffold.h"

#include <gmock/gmock.h>

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
    root.put("tools/scaffolds.yaml",
             "feature:\n  name: snake\n  example: projects\n  copy: [src/projects, "
             "tests/projects_test.cpp]\n  next: ./dev watch\n"
             "migration:\n  name: snake\n  write: \"migrations/{time}_{name}.sql\"\n  text: \"-- "
             "{name}\\n\"\n  next: ./dev db migrate\n"
             "env:\n  name: upper\n  append_to: environment.yaml\n  line: \"- name: {name}\"\n  next: ./dev "
             "gen\n");
    root.put("src/projects/routes.cpp", "Route kProjectRoutes; // projects\n");
    root.put("src/projects/project_store.cpp", "INSERT INTO projects\n");
    root.put("tests/projects_test.cpp", "TEST(Projects, Works) {}\n");
    root.put("environment.yaml", "- name: PORT\n");
  }
  Outcome<std::vector<Change>> plan(const std::string& kind, const std::string& name) {
    const Workspace workspace(root.path());
    return plan_scaffold(workspace, CHECKED(load_scaffold(workspace, kind)), name);
  }
  TemporaryFolder root;
};

TEST_F(ScaffoldTree, AFeatureIsTheExampleRenamedInPathsAndText) {
  const auto changes = plan("feature", "invoices");
  ASSERT_TRUE(changes.has_value()) << changes.error().what;
  ASSERT_EQ(changes->size(), 3u);
  EXPECT_EQ((*changes)[0].path, "src/invoices/invoice_store.cpp");
  EXPECT_EQ((*changes)[1].text, "Route kInvoiceRoutes; // invoices\n");
  EXPECT_EQ((*changes)[2].path, "tests/invoices_test.cpp");
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

TEST_F(ScaffoldTree, AMigrationCarriesTheTimeAndASettingIsOneMoreLine) {
  const auto migration = plan("migration", "add_due_date");
  ASSERT_TRUE(migration.has_value());
  EXPECT_THAT((*migration)[0].path.string(),
              ::testing::MatchesRegex("migrations/[0-9]{14}_add_due_date\\.sql"));
  const auto setting = plan("env", "INVOICE_PREFIX");
  ASSERT_TRUE(setting.has_value());
  EXPECT_EQ((*setting)[0].text, "- name: PORT\n- name: INVOICE_PREFIX\n");
}

TEST_F(ScaffoldTree, AMissingExampleIsNamed) {
  std::filesystem::remove_all(root / "src");
  EXPECT_THAT(plan("feature", "invoices").error().what, HasSubstr("src/projects"));
}

}  // namespace starter::console::dev
