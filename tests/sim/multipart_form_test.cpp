#include "sim/multipart_form.hpp"

#include "batch_fixture.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sv::sim {
namespace {

TEST(MultipartForm, parts_are_cut_at_the_boundary_and_nowhere_else) {
  const std::string body = testing::form("a\r\n--other\r\n\r\nb\r\n");
  const auto parts = read_multipart(body, testing::kFormType);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].name, "purpose");
  EXPECT_FALSE((*parts)[0].filename);
  EXPECT_EQ((*parts)[0].content, "batch");
  EXPECT_EQ((*parts)[1].filename, "rows.jsonl");
  EXPECT_EQ((*parts)[1].content, "a\r\n--other\r\n\r\nb\r\n");
}

TEST(MultipartForm, an_empty_file_and_a_quoted_boundary_are_read) {
  const auto parts =
      read_multipart(testing::form(""), "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"----form7MA4\"");
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ((*parts)[1].content, "");
}

TEST(MultipartForm, what_is_no_form_is_refused) {
  EXPECT_FALSE(read_multipart(testing::form("x"), "application/json"));
  EXPECT_FALSE(read_multipart(testing::form("x"), "multipart/form-data"));
  EXPECT_FALSE(read_multipart("", testing::kFormType));
  EXPECT_FALSE(read_multipart("------form7MA4", testing::kFormType));
  EXPECT_FALSE(read_multipart("------form7MA4\r\nContent-Disposition: form-data\r\n\r\nx\r\n------form7MA4--",
                              testing::kFormType));
}

// Whatever is cut off or overwritten, it is an error or some parts: never a crash (the sanitizers watch).
RC_GTEST_PROP(MultipartForm, damaged_forms_are_harmless, (std::string bytes)) {
  std::string body = testing::form(bytes);
  const auto cut = *rc::gen::inRange<std::size_t>(0, body.size() + 1);
  (void)read_multipart(std::string_view(body).substr(0, cut), testing::kFormType);
  body[*rc::gen::inRange<std::size_t>(0, body.size())] = *rc::gen::arbitrary<char>();
  (void)read_multipart(body, testing::kFormType);
}

}  // namespace
}  // namespace sv::sim
