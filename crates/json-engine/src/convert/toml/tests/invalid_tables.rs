//! What the specification forbids in keys, arrays and tables.

use super::invalid::check_each;

#[test]
fn keys() {
    check_each(&[
        "a",
        "a =",
        "= 1",
        "a.",
        ".a = 1",
        "a. = 1",
        "a..b = 1",
        "a b = 1",
        "a = 1 b = 2",
        "a\n= 1",
        "a =\n1",
    ]);
    check_each(&[
        "a = 1\na = 2",
        "a = 1\n\"a\" = 2",
        "a = 1\n'a' = 2",
        "\"\\u0061\" = 1\na = 2",
        "a.b = 1\na.b = 2",
    ]);
    check_each(&[
        "a = 1\na.b = 2",
        "a.b = 1\na = 2",
        "a.b.c = 1\na.b = 2",
        "a = []\na.b = 1",
        "a = {}\na.b = 1",
    ]);
    check_each(&[
        "a# = 1",
        "a, = 1",
        "a[ = 1",
        "[a] = 1",
        "é = 1",
        "a@b = 1",
        "\"\"\"a\"\"\" = 1",
        "'''a''' = 1",
        "a!= 1",
    ]);
    check_each(&[
        "\"a = 1",
        "'a = 1",
        "\"a\nb\" = 1",
        "a: 1",
        "a",
        "\"a\"",
        "{a = 1}",
        "a = 1, b = 2",
        "]",
        "}",
        ",",
        "1 = ",
    ]);
}

#[test]
fn arrays() {
    check_each(&[
        "a = [",
        "a = [1",
        "a = [1,",
        "a = [1 2]",
        "a = [,]",
        "a = [1,,2]",
        "a = [,1]",
        "a = [1]]",
        "a = ]",
    ]);
    check_each(&[
        "a = [1\nb = 2",
        "a = [1}",
        "a = [[1]",
        "a = [1] x",
        "a = [a = 1]",
        "a = [1]\n\n2",
        "a = [#]",
    ]);
}

#[test]
fn tables() {
    check_each(&[
        "[",
        "[]",
        "[a",
        "[a]]",
        "[a.]",
        "[.a]",
        "[a..b]",
        "[a b]",
        "[a]b",
        "[a] b = 1",
        "[a\n]",
        "[\na]",
    ]);
    check_each(&[
        "[[]]",
        "[[a]",
        "[[a] ]",
        "[ [a]]",
        "[[a]]]",
        "[[a",
        "[[a.]]",
        "[a=1]",
        "[a#]",
        "['a]",
        "[\"\"\"a\"\"\"]",
    ]);
    check_each(&[
        "[a]\n[a]",
        "a = 1\n[a]",
        "[a]\nb = 1\n[a.b]",
        "[a.b]\n[a.b]",
        "a.b = 1\n[a]",
        "[a]\nb.c = 1\n[a.b]",
    ]);
    check_each(&[
        "[a]\nb.c.d = 1\n[a.b.c]",
        "a = 1\n[a.b]",
        "a = {}\n[a.b]",
        "a = {b = {}}\n[a.b.c]",
        "a = {}\n[a]",
    ]);
    check_each(&[
        "[a.b.c]\nz = 9\n[a]\nb.c.t = 1",
        "[a.b.c.d]\nz = 9\n[a]\nb.c.d.k.t = 1",
        "[a.b]\n[a]\nb = 1",
    ]);
    check_each(&["[a.b.c]\n[a]\nb.d = 1\n[a.b]", "[a.b]\n[a]\nb.c = 1", "[é]", "[a]\n[\"a\"]"]);
}

#[test]
fn arrays_of_tables() {
    check_each(&[
        "a = []\n[[a]]",
        "a = [{}]\n[[a]]",
        "a = [{}]\n[a.b]",
        "a = 1\n[[a]]",
        "[a]\n[[a]]",
        "[[a]]\n[a]",
    ]);
    check_each(&[
        "[a.b]\n[[a]]",
        "[[a.b]]\n[a.b]",
        "[[a.b]]\n[a]\nb.y = 2",
        "[[a]]\nb = []\n[[a.b]]",
        "[[a]]\n[a.b]\n[[a.b]]",
    ]);
    check_each(&["[[a]]\n[[a.b]]\n[a.b]", "a.b = 1\n[[a]]", "[[a]]\n[[a]]\na.b = 1\na = 1\na = 2"]);
}

#[test]
fn inline_tables() {
    check_each(&[
        "a = {",
        "a = {b",
        "a = {b = 1",
        "a = {b = 1,",
        "a = {,}",
        "a = {b = 1,,c = 2}",
        "a = {b = 1 c = 2}",
    ]);
    check_each(&[
        "a = {b = 1, b = 2}",
        "a = {b.c = 1, b.c = 2}",
        "a = {b = {c = 1}, b.d = 2}",
        "a = {b.c = 1, b = 2}",
    ]);
    check_each(&[
        "a = {b}",
        "a = {b = }",
        "a = {= 1}",
        "a = {1}",
        "a = {b = 1]",
        "a = {b = 1} c = 2",
        "a = {b: 1}",
    ]);
    check_each(&[
        "a = {b = 1}\na.c = 2",
        "a = {b = {}}\na.b.c = 1",
        "a.b = {}\n[a.b.c]",
        "a = {b.c = {}, b.c.d = 1}",
    ]);
    check_each(&[
        "a = {b\n= 1}",
        "a = {b =\n1}",
        "a = {b = 1, b.c = 2}",
        "a = {\"b\" = 1, b = 2}",
        "a = {} {}",
    ]);
}
