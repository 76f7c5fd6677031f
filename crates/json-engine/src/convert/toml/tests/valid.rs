//! What the specification gives as valid, in its order.

use super::{json, read, read_as};
use crate::convert::build::Keep;
use crate::convert::{Content, Foreign};

fn check(toml: &str, expected: &str) {
    match read(toml.as_bytes()) {
        Ok(document) => assert_eq!(json(&document), expected, "{toml}"),
        Err(error) => panic!("{toml}\n{error}"),
    }
}

#[test]
fn comments_and_line_ends() {
    check("", "{}");
    check("\u{feff}a = 1", r#"{"a":1}"#);
    check("# one\r\na = 1 # two\r\n\r\n\t# é\tthree\nb=2#", r#"{"a":1,"b":2}"#);
    check("a = \"# none\"", r##"{"a":"# none"}"##);
    check("#", "{}");
    check("# NUL is not here \u{80}", "{}");
}

#[test]
fn keys() {
    check("bare_key = 1\nbare-key = 2\n1234 = 3", r#"{"bare_key":1,"bare-key":2,"1234":3}"#);
    check(
        "\"127.0.0.1\" = 1\n'quoted \"v\"' = 2\n\"ʎǝʞ\" = 3",
        r#"{"127.0.0.1":1,"quoted \"v\"":2,"ʎǝʞ":3}"#,
    );
    check("\"\" = 1", r#"{"":1}"#);
    check("'' = 1", r#"{"":1}"#);
    check("a.b = 1\na . c = 2\na.\"d.e\".f = 3", r#"{"a":{"b":1,"c":2,"d.e":{"f":3}}}"#);
    check("3.14159 = \"pi\"", r#"{"3":{"14159":"pi"}}"#);
    check("apple.a = 1\norange.a = 1\napple.b = 2", r#"{"apple":{"a":1,"b":2},"orange":{"a":1}}"#);
    check("fruit.apple.smooth = true\nfruit.orange = 2", r#"{"fruit":{"apple":{"smooth":true},"orange":2}}"#);
    check(
        "true = 1\nfalse = 2\ninf = 3\nnan = 4\n1979-05-27 = 5\n- = 6\n_ = 7\n1e2 = 8",
        r#"{"true":1,"false":2,"inf":3,"nan":4,"1979-05-27":5,"-":6,"_":7,"1e2":8}"#,
    );
    check("\"\\u0061\" = 1\n\"a\\nb\" = 2", r#"{"a":1,"a\nb":2}"#);
    check("  a\t=\t1  ", r#"{"a":1}"#);
}

#[test]
fn strings() {
    check(r#"a = "q\" \b\t\n\f\r\\ \u00E9 \U0001F600""#, r#"{"a":"q\" \b\t\n\f\r\\ é 😀"}"#);
    check(r#"a = "\e[0m\x41\xe9""#, r#"{"a":"\u001b[0mAé"}"#);
    check("a = \"tab\there\"", r#"{"a":"tab\there"}"#);
    check("a = \"\"", r#"{"a":""}"#);
    check("a = \"\"\"\nRoses\nViolets\"\"\"", r#"{"a":"Roses\nViolets"}"#);
    check("a = \"\"\"\\\n  The quick \\\n\n\n   fox.\\\n  \"\"\"", r#"{"a":"The quick fox."}"#);
    check("a = \"\"\"a \\   \n b\"\"\"", r#"{"a":"a b"}"#);
    check("a = \"\"\"two \"\"!\"\"\"", r#"{"a":"two \"\"!"}"#);
    check("a = \"\"\"three \"\"\\\"!\"\"\"", r#"{"a":"three \"\"\"!"}"#);
    check("a = \"\"\"\"one\"\"\"\"", r#"{"a":"\"one\""}"#);
    check("a = \"\"\"\"\"two\"\"\"\"\"", r#"{"a":"\"\"two\"\""}"#);
    check("a = \"\"\"\"\"\"", r#"{"a":""}"#);
    check(r"a = 'C:\Users\n'", r#"{"a":"C:\\Users\\n"}"#);
    check(r"a = '<\i\c*\s*>'", r#"{"a":"<\\i\\c*\\s*>"}"#);
    check("a = '''\nfirst\n  second '' \\n\n'''", r#"{"a":"first\n  second '' \\n\n"}"#);
    check("a = '''''two'''''", r#"{"a":"''two''"}"#);
    check("a = ''", r#"{"a":""}"#);
    check("a = \"\u{80}\u{10ffff}\"", "{\"a\":\"\u{80}\u{10ffff}\"}");
}

#[test]
fn integers() {
    check("a = +99\nb = 42\nc = 0\nd = -17", r#"{"a":99,"b":42,"c":0,"d":-17}"#);
    check("a = 1_000\nb = 5_349_221\nc = 1_2_3_4_5", r#"{"a":1000,"b":5349221,"c":12345}"#);
    check(
        "a = 0xDEADBEEF\nb = 0xdead_beef\nc = 0o01234567\nd = 0o755\ne = 0b11010110",
        r#"{"a":3735928559,"b":3735928559,"c":342391,"d":493,"e":214}"#,
    );
    check("a = +0\nb = -0\nc = 0x0\nd = 0x00", r#"{"a":0,"b":0,"c":0,"d":0}"#);
    check(
        "a = 9223372036854775807\nb = -9223372036854775808",
        r#"{"a":9223372036854775807,"b":-9223372036854775808}"#,
    );
    check(
        "a = 12345678901234567890123\nb = 0xFFFFFFFFFFFFFFFFFF",
        r#"{"a":12345678901234567890123,"b":4722366482869645213695}"#,
    );
}

#[test]
fn floats() {
    check("a = +1.0\nb = 3.1415\nc = -0.01", r#"{"a":1.0,"b":3.1415,"c":-0.01}"#);
    check("a = 5e+22\nb = 1e06\nc = -2E-2\nd = 6.626e-34", r#"{"a":5e+22,"b":1e06,"c":-2E-2,"d":6.626e-34}"#);
    check("a = 224_617.445_991_228\nb = 1_0e1_0", r#"{"a":224617.445991228,"b":10e10}"#);
    check("a = -0.0\nb = +0.0\nc = 0e0", r#"{"a":-0.0,"b":0.0,"c":0e0}"#);
    check("a = 0.1000000000000000055\nb = 1e400", r#"{"a":0.1000000000000000055,"b":1e400}"#);
    check(
        "a = [inf, +inf, -inf, nan, +nan, -nan]",
        r#"{"a":[{"$float":"Infinity"},{"$float":"Infinity"},{"$float":"-Infinity"},{"$float":"NaN"},{"$float":"NaN"},{"$float":"NaN"}]}"#,
    );
}

#[test]
fn booleans() {
    check("a = true\nb = false", r#"{"a":true,"b":false}"#);
}

#[test]
fn dates_and_times() {
    for (text, expected) in [
        ("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"),
        ("1979-05-27T00:32:00-07:00", "1979-05-27T00:32:00-07:00"),
        ("1979-05-27T00:32:00.999999-07:00", "1979-05-27T00:32:00.999999-07:00"),
        ("1979-05-27 07:32:00z", "1979-05-27T07:32:00Z"),
        ("1987-07-05t17:45:00z", "1987-07-05T17:45:00Z"),
        ("1979-05-27T07:32Z", "1979-05-27T07:32:00Z"),
        ("1979-05-27T07:32-07:00", "1979-05-27T07:32:00-07:00"),
        ("1979-05-27T07:32:00", "1979-05-27T07:32:00"),
        ("1979-05-27 07:32", "1979-05-27T07:32:00"),
        ("1979-05-27T07:32:00.5", "1979-05-27T07:32:00.5"),
        ("1979-05-27", "1979-05-27"),
        ("2000-02-29", "2000-02-29"),
        ("07:32:00", "07:32:00"),
        ("07:32", "07:32:00"),
        ("00:32:00.999999", "00:32:00.999999"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("1990-12-31T23:59:60Z", "1990-12-31T23:59:60Z"),
    ] {
        check(&format!("a = {text} # x"), &format!(r#"{{"a":{{"$datetime":"{expected}"}}}}"#));
        check(
            &format!("a = [{text} , {text}]"),
            &format!(r#"{{"a":[{0},{0}]}}"#, format!(r#"{{"$datetime":"{expected}"}}"#)),
        );
    }
}

#[test]
fn arrays() {
    check("a = [ 1, 2, 3 ]\nb = [ [ 1, 2 ], [\"a\", 'b'] ]", r#"{"a":[1,2,3],"b":[[1,2],["a","b"]]}"#);
    check("a = [0.1, 1, true, {x = 1}, []]", r#"{"a":[0.1,1,true,{"x":1},[]]}"#);
    check("a = [ # c\n  1 # d\n  , # e\n\n 2, # f\n]", r#"{"a":[1,2]}"#);
    check("a = []\nb = [ ]\nc = [\n]", r#"{"a":[],"b":[],"c":[]}"#);
}

#[test]
fn tables() {
    check("[table]", r#"{"table":{}}"#);
    check("[t-1]\na = 1\n\n[t-2]\na = 2", r#"{"t-1":{"a":1},"t-2":{"a":2}}"#);
    check("[dog.\"tater.man\"]\ntype.name = \"pug\"", r#"{"dog":{"tater.man":{"type":{"name":"pug"}}}}"#);
    check(
        "[a.b.c]\n[ d.e.f ]\n[ g .  h  . i ]\n[ j . \"ʞ\" . 'l' ]",
        r#"{"a":{"b":{"c":{}}},"d":{"e":{"f":{}}},"g":{"h":{"i":{}}},"j":{"ʞ":{"l":{}}}}"#,
    );
    check("[x.y.z.w]\n[x]\na = 1", r#"{"x":{"y":{"z":{"w":{}}},"a":1}}"#);
    check("[fruit.apple]\n[animal]\n[fruit.orange]", r#"{"fruit":{"apple":{},"orange":{}},"animal":{}}"#);
    check(
        "[fruit]\napple.color = 1\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth = true",
        r#"{"fruit":{"apple":{"color":1,"taste":{"sweet":true},"texture":{"smooth":true}}}}"#,
    );
    check("[''.b]\n[]\n".replace("[]\n", "").as_str(), r#"{"":{"b":{}}}"#);
    check("[a.b.c]\nz = 9\n[a]\nb.d = 1", r#"{"a":{"b":{"c":{"z":9},"d":1}}}"#);
    check("[\"]\"]\na = 1 # ]", r#"{"]":{"a":1}}"#);
}

#[test]
fn inline_tables() {
    check("a = { x = 1, y = 2 }\nb = {}\nc = { }", r#"{"a":{"x":1,"y":2},"b":{},"c":{}}"#);
    check("a = { type.name = \"pug\", type.age = 3 }", r#"{"a":{"type":{"name":"pug","age":3}}}"#);
    check("a = {\n x = 1, # c\n\n y = [\n2\n],\n}", r#"{"a":{"x":1,"y":[2]}}"#);
    check("a = [{x={y={}}},{}]", r#"{"a":[{"x":{"y":{}}},{}]}"#);
}

#[test]
fn arrays_of_tables() {
    check("[[p]]\nname = 1\n[[p]]\n[[p]]\nname = 3", r#"{"p":[{"name":1},{},{"name":3}]}"#);
    check(
        "[[f]]\nn = 1\n[f.physical]\nc = 1\n[[f.v]]\nn = 2\n[[f.v]]\nn = 3\n[[f]]\nn = 4\n[[f.v]]\nn = 5",
        r#"{"f":[{"n":1,"physical":{"c":1},"v":[{"n":2},{"n":3}]},{"n":4,"v":[{"n":5}]}]}"#,
    );
    check("[[a.b]]\nx = 1\n[a]\ny = 2", r#"{"a":{"b":[{"x":1}],"y":2}}"#);
    check("[[a]]\n[a.b]\n[[a]]\n[a.b]", r#"{"a":[{"b":{}},{"b":{}}]}"#);
}

#[test]
fn objects_that_look_tagged_stay_objects() {
    check("\"$bytes\" = 'AA'", r#"{"$map":[["$bytes","AA"]]}"#);
    check("a.\"$bytes\" = 'AA'", r#"{"a":{"$map":[["$bytes","AA"]]}}"#);
}

#[test]
fn what_json_lacks_is_listed() {
    let source = "# c\na.b = 1979-05-27\n[[c]]\nd = [1, nan] # e";
    let (content, losses) = read_as(source.as_bytes(), Foreign::Plain, Keep::Spans).unwrap();
    let Content::One(document, Some(spans)) = content else { panic!("one document with places") };
    assert_eq!(json(&document), r#"{"a":{"b":"1979-05-27"},"c":[{"d":[1,null]}]}"#);
    let losses: Vec<_> = losses
        .kept()
        .iter()
        .map(|loss| (loss.code.as_str(), &*loss.pointer, &source[loss.place.clone().unwrap()]))
        .collect();
    let expected = [
        ("COMMENT_DROPPED", "", "# c"),
        ("DATETIME_AS_TEXT", "/a/b", "1979-05-27"),
        ("NON_FINITE_AS_NULL", "/c/0/d/1", "nan"),
        ("COMMENT_DROPPED", "/c/0", "# e"),
    ];
    assert_eq!(losses, expected);
    let at = |pointer: &str| {
        let found = spans.find(&document, &crate::pointer::Pointer::parse(pointer).unwrap()).unwrap();
        (&source[found.key()], &source[found.value()])
    };
    assert_eq!(at("/a/b"), ("b", "1979-05-27"));
    assert_eq!(at("/a"), ("a", "a"));
    assert_eq!(at("/c/0"), ("", "[[c]]"));
    assert_eq!(at("/c/0/d"), ("d", "[1, nan]"));
    assert_eq!(at("/c/0/d/0"), ("", "1"));
    assert_eq!(at("").1, source);
}
