// Tests of YAML to JSON: types, and texts made to exhaust memory or stack.
#include "format/yaml.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/limits.h"

namespace granary::format {
namespace {

std::string json_of(std::string_view yaml) {
  const auto value = yaml_to_json(yaml);
  return value ? boost::json::serialize(*value) : "error: " + value.error().message;
}

TEST(Yaml, ScalarsFollowTheCoreSchema) {
  EXPECT_EQ(json_of("[no, yes, on, true, False, ~, null, '']"),
            R"(["no","yes","on",true,false,null,null,""])");
  EXPECT_EQ(json_of("[1, -5, +7, 0x10, 0o17, 007, 1.5, .5, -2e3, 1.10]"),
            "[1,-5,7,16,15,7,1.5E0,5E-1,-2E3,1.1E0]");
  EXPECT_EQ(json_of("['1', \"2\", !!str 3, !!int 4]"), R"(["1","2","3",4])");
  EXPECT_EQ(json_of("[1.2.3, 1-2, 2024-01-31, 2024-01-31T10:00:00Z, 1e999, 0x, -, .]"),
            R"(["1.2.3","1-2","2024-01-31","2024-01-31T10:00:00Z","1e999","0x","-","."])");
  EXPECT_EQ(json_of("[.nan, .inf, -.inf, 123456789012345678901]"),
            "[null,null,null,1.2345678901234568E20]");
}

TEST(Yaml, MappingsKeepTheirOrderAndTheirKeysAreText) {
  EXPECT_EQ(json_of("b: 1\na:\n  - x\n  - y: z\n1: one\ntrue: t\n"),
            R"({"b":1,"a":["x",{"y":"z"}],"1":"one","true":"t"})");
  EXPECT_EQ(json_of(""), "null");
  EXPECT_EQ(json_of("# only a comment\n"), "null");
}

TEST(Yaml, AliasesAreFollowed) {
  EXPECT_EQ(json_of("a: &x [1, 2]\nb: *x\n"), R"({"a":[1,2],"b":[1,2]})");
  EXPECT_EQ(json_of("a: &k name\n*k : 1\n"), R"({"a":"name","name":1})");
}

TEST(Yaml, MalformedTextIsInvalid) {
  for (const char* yaml :
       {"a: [1", "a: b: c", "\ta: 1", "a: 1\na: 2", "? [x]\n: 1", "? {x: 1}\n: 1", "a: *nothing",
        "a: &x [*x]", "!!python/object:os.system x", "a: !custom x", "!!binary aGk=",
        "a: !!set {x}", "%YAML 9.9\n---\na", "a: \"\\xZZ\"", "\xFF", "a: \"unclosed", "@x", "`x"}) {
    const auto value = yaml_to_json(yaml);
    ASSERT_FALSE(value) << yaml << " gave " << boost::json::serialize(*value);
    EXPECT_EQ(value.error().kind, ErrorKind::Invalid) << yaml;
  }
  EXPECT_FALSE(yaml_to_json(std::string_view("a\0b", 3)));
}

TEST(Yaml, AliasesThatMultiplyAreRefused) {
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 8; ++k) laughs += ", " + before;
    laughs += "]\n";
  }
  EXPECT_EQ(yaml_to_json(laughs).error().kind, ErrorKind::TooLarge);

  std::string copies = "a: &a " + std::string(500'000, 'x') + "\nb: [*a";
  for (int i = 0; i < 100; ++i) copies += ", *a";
  EXPECT_EQ(yaml_to_json(copies + "]\n").error().kind, ErrorKind::TooLarge);
}

TEST(Yaml, DeepNestingIsRefused) {
  for (int depth : {65, 400, 600, 100'000}) {
    EXPECT_FALSE(yaml_to_json(std::string(static_cast<std::size_t>(depth), '[')));
    std::string maps;
    for (int i = 0; i < std::min(depth, 2000); ++i)
      maps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    EXPECT_FALSE(yaml_to_json(maps));
  }
  const std::string fine = std::string(60, '[') + std::string(60, ']');
  EXPECT_TRUE(yaml_to_json(fine));
}

}  // namespace
}  // namespace granary::format
