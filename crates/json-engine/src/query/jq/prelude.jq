def input: error("No more inputs");
def inputs: empty;
def input_line_number: 0;
def have_literal_numbers: true;
def have_decnum: false;
def error(msgs): (msgs | error_empty) as $x | .;

def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def isvalid(f): try (f | true) catch false;
def isempty(g): first((g | false), true);
def toarray: if type == "array" then . else [.] end;
def abs: if type != "number" then error("\(type) (\(tojson)) has no absolute value") elif . < 0 then -. else . end;
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def isfinite: type == "number" and (isinfinite | not);
def isnormal: type == "number" and ((. == 0 or isnan or isinfinite) | not);

def add(f): reduce f as $x (null; . + $x);
def add: add(.[]);
def range($from; $upto; $by): if $by > 0 or $by < 0 then range_by($from; $upto; $by) else empty end;
def recurse_down: recurse;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $x ({};
  . + { ($x | if type == "object" then (if has("key") then .key elif has("k") then .k elif has("name") then .name
      elif has("Name") then .Name elif has("Key") then .Key elif has("K") then .K else null end) else .[0] end
      | if type == "string" then . elif type == "null" then "null" elif type == "boolean" or type == "number" then tojson else . end):
    ($x | if type == "object" then (if has("value") then .value elif has("v") then .v elif has("Value") then .Value
      elif has("V") then .V else null end) else .[1] end) });
def with_entries(f): to_entries | map(f) | from_entries;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def paths: path(..) | select(length > 0);
def paths(node_filter): . as $dollar | paths | select(. as $p | $dollar | getpath($p) | node_filter);
def leaf_paths: paths(scalars);
def del(f): delpaths([path(f)]);
def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));
def flatten: flatten_to(1e9);
def flatten($depth): if $depth < 0 then error("flatten depth must not be negative") else flatten_to($depth) end;
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else first(skip($n; f)) end;
def limit($n; f): if $n > 0 then limit_of($n; f) elif $n == 0 then empty else error("Invalid arguments: negative limit") end;
def skip($n; f): if $n > 0 then skip_of($n; f) elif $n == 0 then f else error("Invalid arguments: negative skip") end;
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def join($x): reduce .[] as $i (null;
  (if . == null then "" else . + $x end)
  + ($i | if . == null then "" elif type == "boolean" or type == "number" then tojson else . end)) // "";
def ascii: [.] | implode;
def transpose: if . == [] then [] else . as $in | (map(length) | max) as $max | [range(0; $max) as $j | [range(0; $in | length) as $i | $in[$i][$j]]] end;
def keys: if type == "object" then keys_unsorted | sort elif type == "array" then [range(length)] else error("\(type) (\(tojson)) has no keys") end;
def group_by(f): sorted_by_key([.[] | [f]]);
def unique_by(f): [group_by(f)[] | .[0]];
def unique: sort | [foreach .[] as $x ({}; {first: (has("last") | not) or .last != $x, last: $x}; if .first then $x else empty end)];
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def INDEX(stream; idx_expr): reduce stream as $row ({}; .[$row | idx_expr | tostring] |= $row);
def INDEX(idx_expr): INDEX(.[]; idx_expr);
def JOIN($idx; idx_expr): [.[] | [., $idx[idx_expr]]];
def JOIN($idx; stream; idx_expr): stream | [., $idx[idx_expr]];
def JOIN($idx; stream; idx_expr; join_expr): stream | [., $idx[idx_expr]] | join_expr;
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): {x: null, e: false} as $init
  | foreach f as $i ($init;
      if .e then $init else . end
      | if $i | length == 2
        then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
        else setpath(["e"]; $i[0] | length == 1) end;
      if .e then .x else empty end);
def truncate_stream(stream): . as $n | null | stream | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
def trimstr($x): ltrimstr($x) | rtrimstr($x);

def match(re; mode): (re | if type == "array" then .[0] else . end) as $re
  | (re | if type == "array" and length > 1 then .[1] else mode end) as $flags | match_all($re; $flags // "")[];
def match(re): match(re; "");
def test(re; mode): isempty(first(match(re; mode))) | not;
def test(re): test(re; "");
def capture_object: reduce (.captures[] | select(.name != null)) as $c ({}; . + {($c.name): $c.string});
def capture(re; mods): match(re; mods) | capture_object;
def capture(re): capture(re; "");
def scan(re; $flags): match(re; "g" + $flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def scan(re): scan(re; "");
def split($sep): if type == "string" and ($sep | type) == "string" then . / $sep else error("split input and separator must be strings") end;
def split($re; flags): . as $s | [foreach ((match($re; flags + "g") | [.offset, .length]), null) as $m ([0, null];
    if $m == null then [.[0], $s[.[0]:]] else [$m[0] + $m[1], $s[.[0]:$m[0]]] end; .[1])];
def splits($re; flags): split($re; flags) | .[];
def splits($re): splits($re; null);
def sub($re; str; $flags): . as $in
  | (reduce match($re; $flags) as $edit ({result: [], previous: 0};
      $in[.previous:($edit | .offset)] as $gap
      | [$edit | capture_object | str] as $inserts
      | reduce range(0; $inserts | length) as $ix (.; .result[$ix] += $gap + $inserts[$ix])
      | .previous = ($edit | .offset + .length))
    | .result[] + $in[.previous:]) // $in;
def sub($re; str): sub($re; str; "");
def gsub($re; str; $flags): sub($re; str; $flags + "g");
def gsub($re; str): sub($re; str; "g");

def @text: tostring;
def @json: tojson;
def @html: tostring | escape_html;
def @uri: tostring | encode_uri;
def @sh: [if type == "array" then .[] else . end | if type == "string" then "'\(escape_sh)'"
  elif type == "array" or type == "object" then error("\(type) (\(tojson)) can not be escaped for shell") else tojson end] | join(" ");
def @csv: if type != "array" then error("\(type) (\(tojson)) cannot be csv-formatted, only an array can be") else
  [.[] | if type == "string" then "\"" + (split("\"") | join("\"\"")) + "\"" elif . == null then ""
   elif type == "number" or type == "boolean" then tojson else error("\(type) (\(tojson)) is not valid in a csv row") end] | join(",") end;
def @tsv: if type != "array" then error("\(type) (\(tojson)) cannot be tsv-formatted, only an array can be") else
  [.[] | if type == "string" then split("\\") | join("\\\\") | split("\t") | join("\\t") | split("\n") | join("\\n") | split("\r") | join("\\r")
   elif . == null then "" elif type == "number" or type == "boolean" then tojson
   else error("\(type) (\(tojson)) is not valid in a tsv row") end] | join("\t") end;
def @base64: tostring | encode_base64;
def @base64d: tostring | decode_base64;
