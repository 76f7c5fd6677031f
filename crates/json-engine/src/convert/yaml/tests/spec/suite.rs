//! Cases of the YAML test suite (MIT, Ingy döt Net) that are no examples of the specification, by their ids there.

use super::{check, check_forbidden};

#[rustfmt::skip]
const VALID: &[(&str, &str)] = &[
    (" - !!str a\n - b\n - !!int 42\n - d\n", r#"["a","b",42,"d"]"#), // 2AUY
    ("--- |1-", r#""""#), // 2G84/2
    ("--- |1+", r#""""#), // 2G84/3
    (": a\n: b\n", r#"{"":"b"}"#), // 2JQS
    ("&a: key: &a value\nfoo:\n  *a:\n", r#"{"key":"value","foo":"key"}"#), // 2SXE
    ("---\n- !!int 1\n- !!int -2\n- !!int 33\n", "[1,-2,33]"), // 33X3
    ("---\nplain: a\n b\n\n c\n", r#"{"plain":"a b\nc"}"#), // 36F6
    ("- - s1_i1\n  - s1_i2\n- s2\n", r#"[["s1_i1","s1_i2"],"s2"]"#), // 3ALJ
    ("---\nk:#foo\n &a !t s\n", r#""k:#foo &a !t s""#), // 3MYT
    ("&sequence\n- a\n", r#"["a"]"#), // 3R3P
    ("\"1 leading\n    \\ttab\"\n", r#""1 leading \ttab""#), // 3RLN/0
    ("\"2 leading\n    \\\ttab\"\n", r#""2 leading \ttab""#), // 3RLN/1
    ("\"3 leading\n    \ttab\"\n", r#""3 leading tab""#), // 3RLN/2
    ("\"4 leading\n    \\t  tab\"\n", r#""4 leading \t  tab""#), // 3RLN/3
    ("\"5 leading\n    \\\t  tab\"\n", r#""5 leading \t  tab""#), // 3RLN/4
    ("\"6 leading\n    \t  tab\"\n", r#""6 leading tab""#), // 3RLN/5
    ("escaped slash: \"a\\/b\"\n", r#"{"escaped slash":"a/b"}"#), // 3UYS
    ("{\nunquoted : \"separate\",\nhttp://foo.com,\nomitted value:,\n}\n", r#"{"unquoted":"separate","http://foo.com":null,"omitted value":null}"#), // 4ABK
    ("---\n[\n  [ a, [ [[b,c]]: d, e]]: 23\n]\n", r#"[{"[\"a\",[{\"[[\\\"b\\\",\\\"c\\\"]]\":\"d\"},\"e\"]]":23}]"#), // 4FJ6
    ("'here''s to \"quotes\"'\n", r#""here's to \"quotes\"""#), // 4GC6
    ("{\"foo\"\n: \"bar\"}\n", r#"{"foo":"bar"}"#), // 4MUZ/0
    ("{\"foo\"\n: bar}\n", r#"{"foo":"bar"}"#), // 4MUZ/1
    ("{foo\n: bar}\n", r#"{"foo":"bar"}"#), // 4MUZ/2
    ("--- >\n ab\n cd\n \n ef\n\n\n gh\n", r#""ab cd\nef\n\ngh\n""#), // 4Q9F
    ("  [1, 2, 3]  \n  ", "[1,2,3]"), // 4RWC
    ("\"foo: bar\\\": baz\"\n", r#""foo: bar\": baz""#), // 4UYU
    ("---\nplain\\value\\with\\backslashes\n", r#""plain\\value\\with\\backslashes""#), // 4V8U
    ("- aaa: |2\n    xxx\n  bbb: |\n    xxx\n", r#"[{"aaa":"xxx\n","bbb":"xxx\n"}]"#), // 4WA9
    ("---\n! a\n", r#""a""#), // 52DL
    ("{foo: you, bar: far}\n", r#"{"foo":"you","bar":"far"}"#), // 54T7
    ("{x: :x}\n", r#"{"x":":x"}"#), // 58MP
    ("---\n{ \"foo\"\n  :bar }\n", r#"{"foo":"bar"}"#), // 5MUD
    ("- { \"key\":value }\n- { \"key\"::value }\n", r#"[{"key":"value"},{"key":":value"}]"#), // 5T43
    ("{ ?foo: bar,\nbar: 42\n}\n", r#"{"?foo":"bar","bar":42}"#), // 652Z
    ("- foo\n", r#"["foo"]"#), // 65WH
    ("---\n&mapping\n&key [ &item a, b, c ]: value\n", r#"{"[\"a\",\"b\",\"c\"]":"value"}"#), // 6BFJ
    ("\t[\n\t]\n", "[]"), // 6CA3
    ("--- |+\n ab\n \n  \n...\n", r#""ab\n\n \n""#), // 6FWR
    ("'foo: bar\\': baz'\n", r#"{"foo: bar\\":"baz'"}"#), // 6H3V
    ("foo: !!seq\n  - !!str a\n  - !!map\n    key: !!str value\n", r#"{"foo":["a",{"key":"value"}]}"#), // 6JWB
    ("---\na: &anchor\nb: *anchor\n", r#"{"a":null,"b":null}"#), // 6KGN
    ("%FOO  bar baz # Should be ignored\n              # with a warning.\n--- \"foo\"\n", r#""foo""#), // 6LVF
    ("? &a a\n: &b b\n: *a\n", r#"{"a":"b","":"a"}"#), // 6M2F
    ("---\n?\n- a\n- b\n:\n- c\n- d\n", r#"{"[\"a\",\"b\"]":["c","d"]}"#), // 6PBE
    ("\"foo\\nbar:baz\\tx \\\\$%^&*()x\": 23\n'x\\ny:z\\tx $%^&*()x': 24\n", r#"{"foo\nbar:baz\tx \\$%^&*()x":23,"x\\ny:z\\tx $%^&*()x":24}"#), // 6SLA
    ("!!str a: b\nc: !!int 42\ne: !!str f\ng: h\n!!str 23: !!bool false\n", r#"{"a":"b","c":42,"e":"f","g":"h","23":false}"#), // 74H7
    ("--- |-\n ab\n \n \n...\n", r#""ab""#), // 753E
    ("---\n[ word1\n# comment\n, word2]\n", r#"["word1","word2"]"#), // 7TMG
    ("? a\n? b\nc:\n", r#"{"a":null,"b":null,"c":null}"#), // 7W2P
    ("---\nnested sequences:\n- - - []\n- - - {}\nkey1: []\nkey2: {}\n", r#"{"nested sequences":[[[[]]],[[{}]]],"key1":[],"key2":{}}"#), // 7ZZ5
    ("---word1\nword2\n", r#""---word1 word2""#), // 82AN
    ("---\nkey ends with two colons::: value\n", r#"{"key ends with two colons::":"value"}"#), // 8CWC
    ("---\n- { single line, a: b}\n- { multi\n  line, a: b}\n", r#"[{"single line":null,"a":"b"},{"multi line":null,"a":"b"}]"#), // 8KB6
    ("! a\n", r#""a""#), // 8MK2
    ("key:\n - item1\n - item2\n", r#"{"key":["item1","item2"]}"#), // 8QBE
    ("---\n- &😁 unicode anchor\n", r#"["unicode anchor"]"#), // 8XYN
    (" - key: value\n   key2: value2\n -\n   key3: value3\n", r#"[{"key":"value","key2":"value2"},{"key3":"value3"}]"#), // 93JH
    ("foo: |-\n \tbar\n", r#"{"foo":"\tbar"}"#), // 96NN/0
    ("---\n- { \"single line\", a: b}\n- { \"multi\n  line\", a: b}\n", r#"[{"single line":null,"a":"b"},{"multi line":null,"a":"b"}]"#), // 9BXH
    ("a:\n  b:\n    c: d\n  e:\n    f: g\nh: i\n", r#"{"a":{"b":{"c":"d"},"e":{"f":"g"}},"h":"i"}"#), // 9FMG
    ("foo:\n  bar: baz\n", r#"{"foo":{"bar":"baz"}}"#), // 9J7A
    ("- [ YAML : separate ]\n- [ \"JSON like\":adjacent ]\n- [ {JSON: like}:adjacent ]\n", r#"[[{"YAML":"separate"}],[{"JSON like":"adjacent"}],[{"{\"JSON\":\"like\"}":"adjacent"}]]"#), // 9MMW
    ("--- \"a\n...x\nb\"\n", r#""a ...x b""#), // 9MQT/0
    ("---\n- { \"single line\": value}\n- { \"multi\n  line\": value}\n", r#"[{"single line":"value"},{"multi line":"value"}]"#), // 9SA2
    ("a\nb  \n  c\nd\n\ne\n", r#""a b c d\ne""#), // 9YRD
    ("a: b\n c\nd:\n e\n  f\n", r#"{"a":"b c","d":"e f"}"#), // A984
    ("- single multiline\n - sequence entry\n", r#"["single multiline - sequence entry"]"#), // AB8U
    ("one:\n- 2\n- 3\nfour: 5\n", r#"{"one":[2,3],"four":5}"#), // AZ63
    ("- bla\"keks: foo\n- bla]keks: foo\n", r#"[{"bla\"keks":"foo"},{"bla]keks":"foo"}]"#), // AZW3
    ("key: &anchor\n !!map\n  a: b\n", r#"{"key":{"a":"b"}}"#), // BU8L
    ("- [ : empty key ]\n- [: another empty key]\n", r#"[[{"":"empty key"}],[{"":"another empty key"}]]"#), // CFD4
    ("&flowseq [\n a: b,\n &c c: d,\n { &e e: f },\n &g { g: h }\n]\n", r#"[{"a":"b"},{"c":"d"},{"e":"f"},{"g":"h"}]"#), // CN3R
    ("---\ntab: \"\\tstring\"\n", r#"{"tab":"\tstring"}"#), // CPZ3
    ("- |2-\n  explicit indent and chomp\n- |-2\n  chomp and explicit indent\n", r#"["explicit indent and chomp","chomp and explicit indent"]"#), // D83L
    ("a: [b, c]\n", r#"{"a":["b","c"]}"#), // D88J
    ("foo: bar\n", r#"{"foo":"bar"}"#), // D9TU
    ("a: b\t\nseq:\t\n - a\t\nc: d\t#X\n", r#"{"a":"b","seq":["a"],"c":"d"}"#), // DC7X
    ("\"1 trailing\\t\n    tab\"\n", r#""1 trailing\t tab""#), // DE56/0
    ("\"2 trailing\\t  \n    tab\"\n", r#""2 trailing\t tab""#), // DE56/1
    ("\"3 trailing\\\t\n    tab\"\n", r#""3 trailing\t tab""#), // DE56/2
    ("\"4 trailing\\\t  \n    tab\"\n", r#""4 trailing\t tab""#), // DE56/3
    ("\"5 trailing\t\n    tab\"\n", r#""5 trailing tab""#), // DE56/4
    ("\"6 trailing\t  \n    tab\"\n", r#""6 trailing tab""#), // DE56/5
    ("[foo, bar, 42]\n", r#"["foo","bar",42]"#), // DHP8
    ("--- >\nline1\n# no comment\nline3\n", r#""line1 # no comment line3\n""#), // DK3J
    ("foo:\n \tbar\n", r#"{"foo":"bar"}"#), // DK95/0
    ("foo: \"bar\n  \tbaz\"\n", r#"{"foo":"bar baz"}"#), // DK95/2
    (" \t\nfoo: 1\n", r#"{"foo":1}"#), // DK95/3
    ("foo: 1\n\t\nbar: 2\n", r#"{"foo":1,"bar":2}"#), // DK95/4
    ("foo: 1\n \t\nbar: 2\n", r#"{"foo":1,"bar":2}"#), // DK95/5
    ("%YAML 1.2\n\t\n---\n", "null"), // DK95/7
    ("foo: \"bar\n \t \t baz \t \t \"\n", r#"{"foo":"bar baz \t \t "}"#), // DK95/8
    ("&a a: &b b\n*b : *a\n", r#"{"a":"b","b":"a"}"#), // E76Z
    ("!!map {\n  k: !!seq\n  [ a, !!str b]\n}\n", r#"{"k":["a","b"]}"#), // EHF6
    ("---\na\nb  \n  c\nd\n\ne\n", r#""a b c d\ne""#), // EX5H
    ("---\n---word1\nword2\n", r#""---word1 word2""#), // EXG3
    (" - &a !!str a\n - !!int 2\n - !!int &c 4\n - &d d\n", r#"["a",2,4,"d"]"#), // F2C7
    ("---\n{ a: [b, c, { d: [e, f] } ] }\n", r#"{"a":["b","c",{"d":["e","f"]}]}"#), // F3CP
    ("---\na: >2\n   more indented\n  regular\nb: >2\n\n\n   more indented\n  regular\n", r#"{"a":" more indented\nregular\n","b":"\n\n more indented\nregular\n"}"#), // F6MC
    ("- !!str\n-\n  !!null : a\n  b: !!str\n- !!str : !!null\n", r#"["",{"":"a","b":""},{"":null}]"#), // FH7J
    ("--- >\nline1\nline2\nline3\n", r#""line1 line2 line3\n""#), // FP8R
    ("--- &sequence\n- a\n", r#"["a"]"#), // FTA2
    ("[a, [b, c]]\n", r#"["a",["b","c"]]"#), // FUP4
    ("? a\n: 1.3\nfifteen: d\n", r#"{"a":1.3,"fifteen":"d"}"#), // GH63
    ("foo: 1\n\nbar: 2\n    \ntext: |\n  a\n    \n  b\n\n  c\n \n  d\n", r#"{"foo":1,"bar":2,"text":"a\n  \nb\n\nc\n\nd\n"}"#), // H2RW
    ("---\nwanted: love ♥ and peace ☮\n", r#"{"wanted":"love ♥ and peace ☮"}"#), // H3Z8
    ("[:x]\n", r#"[":x"]"#), // HM87/0
    ("[?x]\n", r#"["?x"]"#), // HM87/1
    ("foo: blue\nbar: arrr\nbaz: jazz\n", r#"{"foo":"blue","bar":"arrr","baz":"jazz"}"#), // J5UC
    ("one: 2\n\n\nthree: 4\n", r#"{"one":2,"three":4}"#), // J7VC
    ("- |+\n\n\n", r#"["\n\n"]"#), // JEF9/0
    ("- |+\n   \n", r#"["\n"]"#), // JEF9/1
    ("? a\n  true\n: null\n  d\n? e\n  42\n", r#"{"a true":"null d","e 42":null}"#), // JTV5
    ("---\n{ \"foo\" # comment\n  :bar }\n", r#"{"foo":"bar"}"#), // K3WX
    ("- foo\n- bar\n- 42\n", r#"["foo","bar",42]"#), // K4SU
    ("---\tscalar\n", r#""scalar""#), // K54U
    ("\"1 inline\\ttab\"\n", r#""1 inline\ttab""#), // KH5V/0
    ("\"2 inline\\\ttab\"\n", r#""2 inline\ttab""#), // KH5V/1
    ("\"3 inline\ttab\"\n", r#""3 inline\ttab""#), // KH5V/2
    ("foo:\n  bar: 1\nbaz: 2\n", r#"{"foo":{"bar":1},"baz":2}"#), // KMK3
    ("foo: |\n  x\n   \n", r#"{"foo":"x\n \n"}"#), // L24T/0
    ("foo: |\n  x\n   ", r#"{"foo":"x\n \n"}"#), // L24T/1
    ("? !!str a\n: !!int 47\n? c\n: !!str d\n", r#"{"a":47,"c":"d"}"#), // L94M
    ("- [a, b , c ]\n- { \"a\"  : b\n   , c : 'd' ,\n   e   : \"f\"\n  }\n- [      ]\n", r#"[["a","b","c"],{"a":"b","c":"d","e":"f"},[]]"#), // LP6E
    ("[flow]: block\n", r#"{"[\"flow\"]":"block"}"#), // LX3P
    ("a: |\n ab\n \n cd\n ef\n \n\n...\n", r#"{"a":"ab\n\ncd\nef\n"}"#), // M29M
    ("- ? : x\n", r#"[{"{\"\":\"x\"}":null}]"#), // M2N8/0
    ("? []: x\n", r#"{"{\"[]\":\"x\"}":null}"#), // M2N8/1
    ("- |\n x\n-\n foo: bar\n-\n - 42\n", r#"["x\n",{"foo":"bar"},[42]]"#), // M6YH
    ("---\n{\n a: [\n  b, c, {\n   d: [e, f]\n  }\n ]\n}\n", r#"{"a":["b","c",{"d":["e","f"]}]}"#), // M7NX
    ("%YAML  1.1\n---\n", "null"), // MUS6/2
    ("- {a: b}\n", r#"[{"a":"b"}]"#), // MXS3
    ("|-\n ab\n \n \n...\n", r#""ab""#), // MYW6
    ("- plain\n- \"double quoted\"\n- 'single quoted'\n- >\n  block\n- plain again\n", r#"["plain","double quoted","single quoted","block\n","plain again"]"#), // MZX3
    ("---\na: '\n  '\nb: '  \n  '\nc: \"\n  \"\nd: \"  \n  \"\ne: '\n\n  '\nf: \"\n\n  \"\ng: '\n\n\n  '\nh: \"\n\n\n  \"\n", r#"{"a":" ","b":" ","c":" ","d":" ","e":"\n","f":"\n","g":"\n\n","h":"\n\n"}"#), // NAT4
    ("key:\n  value\n  with\n  \t\n  tabs\n", r#"{"key":"value with\ntabs"}"#), // NB6Z
    (":\n\n\n", r#"{"":null}"#), // NHX8
    ("---\n- { single line: value}\n- { multi\n  line: value}\n", r#"[{"single line":"value"},{"multi line":"value"}]"#), // NJ66
    ("- &a\n- a\n-\n  &a : a\n  b: &b\n-\n  &c : &a\n-\n  ? &d\n-\n  ? &e\n  : &a\n", r#"[null,"a",{"":"a","b":null},{"":null},{"":null},{"":null}]"#), // PW8X
    ("\t{}\n", "{}"), // Q5MG
    ("{ first: Sammy, last: Sosa }:\n# Statistics:\n  hr:  # Home runs\n     65\n  avg: # Average\n   0.278\n", r#"{"{\"first\":\"Sammy\",\"last\":\"Sosa\"}":{"hr":65,"avg":0.278}}"#), // Q9WF
    ("---\n{ top1: [item1, {key2: value2}, item3], top2: value2 }\n", r#"{"top1":["item1",{"key2":"value2"},"item3"],"top2":"value2"}"#), // R52L
    ("foo:\n- 42\nbar:\n  - 44\n", r#"{"foo":[42],"bar":[44]}"#), // RLU9
    ("a: 4.2\n? d\n: 23\n", r#"{"a":4.2,"d":23}"#), // RR7F
    ("aaa: bbb\n...\n", r#"{"aaa":"bbb"}"#), // S4T7
    ("---\n- :,\n", r#"[":,"]"#), // S7BG
    ("{a: [b, c], [d, e]: f}\n", r#"{"a":["b","c"],"[\"d\",\"e\"]":"f"}"#), // SBG9
    ("---\nseq:\n &anchor\n- a\n- b\n", r#"{"seq":["a","b"]}"#), // SKE5
    ("-", "[null]"), // SM9W/0
    (">\n ab\n cd\n \n ef\n\n\n gh\n", r#""ab cd\nef\n\ngh\n""#), // TS54
    ("- { url: http://example.org }\n", r#"[{"url":"http://example.org"}]"#), // UDM2
    ("- :\n", r#"[{"":null}]"#), // UKK6/0
    ("::\n", r#"{":":null}"#), // UKK6/1
    ("!\n", r#""""#), // UKK6/2
    ("x:\n - x\n  \tx\n", r#"{"x":["x x"]}"#), // UV7Q
    ("- &a a\n- &b b\n- *a\n- *b\n", r#"["a","b","a","b"]"#), // V55R
    ("k: {\n k\n :\n v\n }\n", r#"{"k":{"k":"v"}}"#), // VJP3/1
    ("a: &:@*!$\"<foo>: scalar a\nb: *:@*!$\"<foo>:\n", r#"{"a":"scalar a","b":"scalar a"}"#), // W5VH
    ("{ &a [a, &b b]: *b, *a : [c, *b, d]}\n", r#"{"[\"a\",\"b\"]":["c","b","d"]}"#), // X38W
    ("---\n? key\n# comment\n: value\n", r#"{"key":"value"}"#), // X8DW
    ("---\nscalar\n%YAML 1.2\n", r#""scalar %YAML 1.2""#), // XLQ9
    ("---\nkey: &an:chor value\n", r#"{"key":"value"}"#), // Y2GN
    ("foo: |\n \t\nbar: 1\n", r#"{"foo":"\t\n","bar":1}"#), // Y79Y/1
    ("- [\n\t\n foo\n ]\n", r#"[["foo"]]"#), // Y79Y/2
    ("-\t-1\n", "[-1]"), // Y79Y/10
    ("&a a: b\nc: &d d\n", r#"{"a":"b","c":"d"}"#), // ZH7C
    ("{ key: [[[\n  value\n ]]]\n}\n", r#"{"key":[[["value"]]]}"#), // ZK9H
    ("---\na: 1\n? b\n&anchor c: 3\n", r#"{"a":1,"b":null,"c":3}"#), // ZWK4
    ("\"top1\" : \n  \"key1\" : &alias1 scalar1\n'top2' : \n  'key2' : &alias2 scalar2\ntop3: &node3 \n  *alias1 : scalar3\ntop4: \n  *alias2 : scalar4\ntop5   :    \n  scalar5\ntop6: \n  &anchor6 'key6' : scalar6\n", r#"{"top1":{"key1":"scalar1"},"top2":{"key2":"scalar2"},"top3":{"scalar1":"scalar3"},"top4":{"scalar2":"scalar4"},"top5":"scalar5","top6":{"key6":"scalar6"}}"#), // 26DV
    ("a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~: safe\n?foo: safe question mark\n:foo: safe colon\n-foo: safe dash\nthis is#not: a comment\n", r##"{"a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~":"safe","?foo":"safe question mark",":foo":"safe colon","-foo":"safe dash","this is#not":"a comment"}"##), // 2EBW
    ("--- !!map\n? a\n: b\n--- !!seq\n- !!str c\n--- !!str\nd\ne\n", r#"{"a":"b"} ["c"] "d e""#), // 35KP
    ("---\ntop1: &node1\n  &k1 key1: one\ntop2: &node2 # comment\n  key2: two\ntop3:\n  &k3 key3: three\ntop4:\n  &node4\n  &k4 key4: four\ntop5:\n  &node5\n  key5: five\ntop6: &val6\n  six\ntop7:\n  &val7 seven\n", r#"{"top1":{"key1":"one"},"top2":{"key2":"two"},"top3":{"key3":"three"},"top4":{"key4":"four"},"top5":{"key5":"five"},"top6":"six","top7":"seven"}"#), // 7BMT
    ("---\na: b\n...\nkey: value\n", r#"{"a":"b"} {"key":"value"}"#), // 7Z25
    ("---\n&a1\n!!str\nscalar1\n---\n!!str\n&a2\nscalar2\n---\n&a3\n!!str scalar3\n---\n&a4 !!map\n&a5 !!str key5: value4\n---\na6: 1\n&anchor6 b6: 2\n---\n!!map\n&a8 !!str key8: value7\n---\n!!map\n!!str &a10 key10: value9\n---\n!!str &a11\nvalue11\n", r#""scalar1" "scalar2" "scalar3" {"key5":"value4"} {"a6":1,"b6":2} {"key8":"value7"} {"key10":"value9"} "value11""#), // 9KAX
    ("a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~: 1\nsafe: a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\n     !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\nsafe question mark: ?foo\nsafe colon: :foo\nsafe dash: -foo\n", r##"{"a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~":1,"safe":"a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~","safe question mark":"?foo","safe colon":":foo","safe dash":"-foo"}"##), // FBC9
    ("- |+\n   ", r#"["\n"]"#), // JEF9/2
    ("- a?string\n- another ? string\n- key: value?\n- [a?string]\n- [another ? string]\n- {key: value? }\n- {key: value?}\n- {key?: value }\n", r#"["a?string","another ? string",{"key":"value?"},["a?string"],["another ? string"],{"key":"value?"},{"key":"value?"},{"key?":"value"}]"#), // JR7V
    ("complex1:\n  ? - a\ncomplex2:\n  ? - a\n  : b\ncomplex3:\n  ? - a\n  : > \n    b\ncomplex4:\n  ? >\n    a\n  :\ncomplex5:\n  ? - a\n  : - b\n", r#"{"complex1":{"[\"a\"]":null},"complex2":{"[\"a\"]":"b"},"complex3":{"[\"a\"]":"b\n"},"complex4":{"a\n":null},"complex5":{"[\"a\"]":["b"]}}"#), // KK5P
    ("--- \"quoted\nstring\"\n--- &node foo\n", r#""quoted string" "foo""#), // KSS4
    ("--- foo  # comment\n--- foo  # comment\n", r#""foo" "foo""#), // L383
    ("%YAML \t 1.1\n---\n", r#"null"#), // MUS6/3
    ("%YAML 1.1  # comment\n---\n", r#"null"#), // MUS6/4
    ("%YAM 1.1\n---\n", r#"null"#), // MUS6/5
    ("%YAMLL 1.1\n---\n", r#"null"#), // MUS6/6
    ("---\nkey: value\n: empty key\n---\n{\n key: value, : empty key\n}\n---\n# empty key and value\n:\n---\n# empty key and value\n{ : }\n", r#"{"key":"value","":"empty key"} {"key":"value","":"empty key"} {"":null} {"":null}"#), // NKF9
    ("---\na: b\n---\n", r#"{"a":"b"} null"#), // PUW8
    ("# comment\n...\n", r#""#), // QT73
    ("a: \"double\n  quotes\" # lala\nb: plain\n value  # lala\nc  : #lala\n  d\n? # lala\n - seq1\n: # lala\n - #lala\n  seq2\ne: &node # lala\n - x: y\nblock: > # lala\n  abcde\n", r#"{"a":"double quotes","b":"plain value","c":"d","[\"seq1\"]":["seq2"],"e":[{"x":"y"}],"block":"abcde\n"}"#), // RZP5
    ("a: \"double\n  quotes\" # lala\nb: plain\n value\nc  : #lala\n  d\n? # lala\n - seq1\n: # lala\n - #lala\n  seq2\ne:\n &node # lala\n - x: y\nblock: > # lala\n  abcde\n", r#"{"a":"double quotes","b":"plain value","c":"d","[\"seq1\"]":["seq2"],"e":[{"x":"y"}],"block":"abcde\n"}"#), // XW4D
    (":", r#"{"":null}"#), // SM9W/1
    ("---\ntop1: &node1\n  &k1 key1: one\ntop2: &node2 # comment\n  key2: two\ntop4:\n  &node4\n  &k4 key4: four\n", r#"{"top1":{"key1":"one"},"top2":{"key2":"two"},"top4":{"key4":"four"}}"#), // U3XV
];

#[test]
fn valid_cases_of_the_suite() {
    check(VALID);
}

#[rustfmt::skip]
const FORBIDDEN: &[&str] = &[
    "foo:\n  bar\ninvalid\n", // 236B
    "this\n is\n  invalid: x\n", // 2CMS
    "--- |0\n", // 2G84/0
    "--- |10\n", // 2G84/1
    "---\nkey: value\n... invalid\n", // 3HFZ
    "---\na:\n\tb:\n\t\tc: value\n", // 4EJS
    "---\n[ a, b, c ] ]\n", // 4H7K
    "key:\n   - ok\n   - also ok\n  - wrong\n", // 4HVU
    "top1: &node1\n  &k1 key1: val1\ntop2: &node2\n  &v2 val2\n", // 4JVG
    "---\n\"\\.\"\n", // 55WF
    "block scalar: >\n \n  \n   \n invalid\n", // 5LLU
    "---\n\"\n---\n\"\n", // 5TRB
    "key: - a\n     - b\n", // 5U3A
    "---\nx: { y: z }in: valid\n", // 62EZ
    "---\n[ [ a, b, c ]\n", // 6JTT
    "key:\n - bar\n - baz\n invalid\n", // 6S55
    "\"a\\nb\": 1\n\"c\n d\": 1\n", // 7LBH
    "top1:\n  key1: val1\ntop2\n", // 7MNF
    "key: word1\n#  xxx\n  word2\n", // 8XDJ
    "---\nflow: [a,\nb,\nc]\n", // 9C9N
    "key:\n - item1\n - item2\ninvalid\n", // 9CWY
    "!foo \"bar\"\n%TAG ! tag:example.com,2000:app/\n---\n!foo \"bar\"\n", // 9HCY
    "---\n[ a, b, c, ]#invalid\n", // 9JBA
    "--- key1: value1\n    key2: value2\n", // 9KBC
    "---\n[ , a, b, c ]\n", // 9MAG
    "--- \"a\n... x\nb\"\n", // 9MQT/1
    "- item1\n- item2\ninvalid: x\n", // BD7L
    "---\nplain: a\n       b # end of scalar\n       c\n", // BF9H
    "word1  # comment\nword2\n", // BS4K
    "[23\n]: 42\n", // C2SP
    "key: [ word1\n#  xxx\n  word2 ]\n", // CML9
    "---\nkey: \"missing closing quote\n", // CQ3W
    "---\n[ a, b, c, , ]\n", // CTN5
    "---\n[ a, b, c,#invalid\n]\n", // CVW2
    "--- &anchor a: b\n", // CXX2
    "'a\\nb': 1\n'c\n d': 1\n", // D49Q
    "---\n[ key\n  : value ]\n", // DK4H
    "foo: \"bar\n\tbaz\"\n", // DK95/1
    "foo:\n  a: 1\n  \tb: 2\n", // DK95/6
    "key:\n  ok: 1\n wrong: 2\n", // DMG6
    "---\nscalar1 # comment\n%YAML 1.2\n---\nscalar2\n", // EB22
    "k1: v1\n k2: v2\n", // EW3V
    "---\n- [-, -]\n", // G5U8
    "a\\nb: 1\nc\n d: 1\n", // G7JE
    "---\nseq:\n&anchor\n- a\n- b\n", // G9HC
    "key: value\nthis is #not a: key\n", // GDY7
    "- item1\n&node\n- item2\n", // GT5M
    "key: &x\n!!map\n  a: b\n", // H7J7
    "%YAML 1.2 foo\n---\n", // H7TQ
    "---\ndouble: \"quoted \\' scalar\"\n", // HRE5
    "key:\n  word1 word2\n  no: key\n", // HU3P
    "- - \"bar\nbar\": x\n", // JKF3
    "key1: \"quoted1\"\nkey2: \"quoted2\" no key: nor value\nkey3: \"quoted3\"\n", // JY7Z
    "---\n[\nsequence item\n]\ninvalid item\n", // KS4U
    "---\n!invalid{}tag scalar\n", // LHL4
    "%YAML 1.1#...\n---\n", // MUS6/0
    "%YAML 1.2\n---\n%YAML 1.2\n---\n", // MUS6/1
    "map:\n  key1: \"quoted1\"\n key2: \"bad indentation\"\n", // N4JP
    "[\n--- ,\n...\n]\n", // N782
    "---\n- { y: z }- invalid\n", // P2EQ
    "key1: \"quoted1\"\nkey2: \"quoted2\" trailing content\nkey3: \"quoted3\"\n", // Q4CL
    "---\nquoted: \"a\nb\nc\"\n", // QB6E
    "%TAG !prefix! tag:example.com,2011:\n--- !prefix!A\na: b\n--- !prefix!B\nc: d\n--- !prefix!C\ne: f\n", // QLJ7
    "---\nkey: value\n%YAML 1.2\n---\n", // RHX7
    "---\n'\n...\n'\n", // RXY3
    "---\nfolded: > first line\n  second line\n", // S4GJ
    "empty block scalar: >\n \n  \n   \n # comment\n", // S98Z
    "%YAML 1.2\n%YAML 1.2\n---\n", // SF5V
    "key1: &a value\nkey2: &b *a\n", // SR86
    "key: \"value\"# invalid comment\n", // SU5Z
    "key1: &alias value1\n&b *alias : value2\n", // SU74
    "&anchor - sequence entry\n", // SY6V
    "---\n{\n foo: 1\n bar: 2 }\n", // T833
    "- item1\n- item2\ninvalid\n", // TD5N
    "map:\n  key1: \"quoted1\"\n   key2: \"bad indentation\"\n", // U44R
    "- !!str, xxx\n", // U99R
    "k: {\nk\n:\nv\n}\n", // VJP3/0
    "---\nblock scalar: |\n     \n  more spaces at the beginning\n  are invalid\n", // W9L4
    "block: ># comment\n  scalar\n", // X4QW
    "foo: |\n\t\nbar: 1\n", // Y79Y/0
    "- [\n\tfoo,\n foo\n ]\n", // Y79Y/3
    "-\t-\n", // Y79Y/4
    "- \t-\n", // Y79Y/5
    "?\t-\n", // Y79Y/6
    "? -\n:\t-\n", // Y79Y/7
    "?\tkey:\n", // Y79Y/8
    "? key:\n:\tkey:\n", // Y79Y/9
    "[-]\n", // YJV2
    "a: b: c: d\n", // ZCZ6
    "---\na: 'b': c\n", // ZL4Z
    "- key: value\n - item1\n", // ZVH3
    "[ \"key\"\n  :value ]\n", // ZXT5
];

#[test]
fn forbidden_cases_of_the_suite() {
    check_forbidden(FORBIDDEN);
}
