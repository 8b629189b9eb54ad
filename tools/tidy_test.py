"""Plants one violation of each rule in a scratch tree and checks that tools/tidy names it."""
import pathlib
import shutil
import subprocess
import tempfile

TIDY = pathlib.Path(__file__).parent / "tidy"
HEADER = "// What it is.\n#pragma once\n"
GOOD = """// A file that breaks no rule.
#include "store/good.h"

#include "base/result.h"

namespace granary {

Task<Result<int>> give(Store& store) {
  CO_TRY(auto one, co_await store.one());
  CO_TRY_DONE(co_await store.two(one));
  if (one > 1) co_return co_await store.three("a {brace} && a co_await in text");
  auto four = co_await store.four(std::move(one));
  for (auto& name : co_await store.names()) co_await store.use(name);
  for (auto& name : co_await store.names()) {
    store.keep(name);
  }
  co_return four;
}

}  // namespace granary
"""
# file → (its text, what tidy must say)
BAD = {
    "src/store/plain.h": ("// No guard.\n", "no #pragma once"),
    "src/store/first.cc": ("#include <string>\n", "no first line"),
    "src/store/store_utils.cc": ("// Names.\n", "a name that says nothing"),
    "src/store/up.cc": ('// Up.\n#include "service/a.h"\n', "store includes service"),
    "src/store/flat.cc": ('// Flat.\n#include "good.h"\n', "does not start in src/"),
    "src/store/heavy.h": (HEADER + "#include <sqlite3.h>\n", "a heavy header"),
    "src/store/asio.h": (HEADER + "#include <boost/asio/awaitable.hpp>\n", "Asio in a header"),
    "src/store/todo.cc": ("// TODO: later\n", "TODO without an issue"),
    "src/store/wide.cc": (f"// {'x' * 100}\n", "103 columns"),
    "src/store/long.cc": ("// Long.\nint f() {\n" + "  g();\n" * 80 + "}\n", "of 82 lines"),
    "src/store/huge.cc": ("// Huge.\n" + "int a;\n" * 900, "file of 901 lines"),
    "src/store/await_if.cc": ("// A.\nT f() {\n  if (co_await g()) h();\n}\n", "inside"),
    "src/store/await_or.cc": ("// A.\nT f() {\n  x = a || co_await g();\n}\n", "inside another"),
    "src/store/await_brace.cc": ("// A.\nT f() {\n  co_await g({1});\n}\n", "beside co_await"),
    "src/store/await_two.cc": ("// A.\nT f() {\n  co_await g(co_await h());\n}\n", "co_await"),
    "src/store/throws.cc": ("// T.\nint f() {\n  throw 1;\n}\n", "throw"),
    "src/store/spawn.cc": ("// S.\nvoid f() { co_spawn(x, y, detached); }\n", "co_spawn"),
    "src/store/lambda.cc": ("// L.\nauto f = [a](int b) -> Task<int> {};\n", "capturing lambda"),
    "src/store/layout.cc": ("// L.\nint   f( ) ;\n", "not laid out"),
    "src/service/http.cc": ('// H.\n#include "net/http.h"\n', "service must not know HTTP"),
    "src/api/hf/sql.cc": ('// S.\n#include "store/good.h"\n', "api/hf includes store"),
    "src/chunk/CMakeLists.txt": ("granary_module(chunk\n  DEPENDS base net)\n",
                                 "chunk must not depend on net"),
    "src/store/lost.cc": ("// Nobody builds this.\n", "lost.cc:1: error: not listed"),
}
MODULES = {
    "store": "DEPENDS base object\n  HEADERS good.h plain.h heavy.h asio.h\n  SOURCES good.cc",
    "service": "DEPENDS base net store\n  SOURCES http.cc",
    "api/hf": "DEPENDS base net service\n  SOURCES sql.cc",
    "base": "HEADERS result.h",
}


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def tidy(root):
    command = [root / "tools/tidy", "--all"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def main():
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        (root / "tools").mkdir()
        shutil.copy(TIDY, root / "tools/tidy")
        shutil.copy(TIDY.parent.parent / ".clang-format", root)
        subprocess.run(["git", "init", "-q", root], check=True)
        for module, words in MODULES.items():
            write(root, f"src/{module}/CMakeLists.txt", f"granary_module({module}\n  {words})\n")
        write(root, "src/base/result.h", HEADER)
        write(root, "src/store/good.h", HEADER)
        write(root, "src/store/good.cc", GOOD)
        write(root, "src/service/http.cc", "// H.\n")
        write(root, "src/api/hf/sql.cc", "// S.\n")
        write(root, "src/store/plain.h", HEADER)
        write(root, "src/store/heavy.h", HEADER)
        write(root, "src/store/asio.h", HEADER)
        status, said = tidy(root)
        assert status == 0, f"a clean tree was refused:\n{said}"
        for name, (text, _) in BAD.items():
            write(root, name, text)
        status, said = tidy(root)
        assert status == 1, "a tree with errors passed"
        for name, (_, expected) in BAD.items():
            about = "\n".join(line for line in said.splitlines()
                              if line.startswith(f"{name}:"))
            assert expected in about, f"{name}: expected {expected!r}, tidy said:\n{about}"
    print(f"tidy_test: all {len(BAD)} planted violations named")


if __name__ == "__main__":
    main()
