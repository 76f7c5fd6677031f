# What jq 1.8 defines in jq, and what is not worth a native. A program sees these as if they stood before it.
# Paths and updates go through them, so select, first, limit, recurse and others stay in jq.

def error(msg): msg | error;
def map(f): [.[] | f];
def select(f): if f then . else empty end;
def map_values(f): .[] |= f;
def add(f): reduce f as $x (null; . + $x);
def del(f): delpaths([path(f)]);
def _assign(paths; $value): reduce path(paths) as $p (.; setpath($p; $value));
def _modify(paths; update):
  reduce path(paths) as $p ([., []];
    . as [$value, $gone]
    | label $done
    | (([[$value | getpath($p) | update] | first | [.]] | .[]) as [$new] | [($value | setpath($p; $new)), $gone], break $done),
      [$value, $gone + [$p]])
  | . as [$value, $gone] | $value | delpaths($gone);

def recurse(f): def r: ., (f | r); r;
def recurse(f; cond): def r: ., (f | select(cond) | r); r;
def recurse: recurse(.[]?);
def recurse_down: recurse;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def finites: select(isfinite);
def normals: select(isnormal);

def first(g): label $out | g | ., break $out;
def last(g): reduce g as $item (null; [$item]) | .[]?;
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def nth($n; g): if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; g)) end;
def isempty(g): first((g | false), true);
def isvalid(f): try (f | true) catch false;
def all(generator; condition): isempty(generator | condition and empty);
def any(generator; condition): isempty(generator | condition or empty) | not;
def all(condition): all(.[]; condition);
def any(condition): any(.[]; condition);
def limit($n; f):
  if $n > 0 then label $out | foreach f as $item ($n; . - 1; $item, if . <= 0 then break $out else empty end)
  elif $n == 0 then empty
  else error("limit doesn't support negative count") end;
def skip($n; f):
  if $n > 0 then foreach f as $item ($n; . - 1; if . < 0 then $item else empty end)
  elif $n == 0 then f
  else error("skip doesn't support negative count") end;
def until(cond; next): def u: if cond then . else (next | u) end; u;
def while(cond; update): def w: if cond then ., (update | w) else empty end; w;
def repeat(f): def r: f, r; r;
def range($upto): range(0; $upto);
def range($from; $upto; $by):
  if $by > 0 then $from | while(. < $upto; . + $by)
  elif $by < 0 then $from | while(. > $upto; . + $by)
  else empty end;
def inputs: def r: (try input catch (if . == "break" then empty else error end)) | (., r); r;
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n) | $dot] | combinations;
def debug: .;
def debug(msgs): (msgs | empty), .;

def sort_by(f): _sort_by_impl(map([f]));
def group_by(f): _group_by_impl(map([f]));
def unique_by(f): _unique_by_impl(map([f]));
def min_by(f): _min_by_impl(map([f]));
def max_by(f): _max_by_impl(map([f]));

def from_entries: reduce .[] as $x ({};
  . + { ($x | .key // .k // .name // .Name // .K // .Key):
        ($x | if has("value") then .value elif has("v") then .v elif has("Value") then .Value else .V end) });
def with_entries(f): to_entries | map(f) | from_entries;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def paths: path(..) | select(length > 0);
def paths(node_filter): path(recurse | select(node_filter)) | select(length > 0);
def leaf_paths: paths(scalars);
def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): {x: null, e: false} as $init
  | foreach f as $i ($init;
      if .e then $init else . end
      | if $i | length == 2
        then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
        else setpath(["e"]; $i[0] | length == 1) end;
      if .e then .x else empty end);
def truncate_stream(stream): . as $n | null | stream | . as $input
  | if (.[0] | length) > $n then setpath([0]; $input[0][$n:]) else empty end;

def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def INDEX(stream; idx_expr): reduce stream as $row ({}; .[$row | idx_expr | tostring] = $row);
def INDEX(idx_expr): INDEX(.[]; idx_expr);
def JOIN($idx; idx_expr): [.[] | [., $idx[idx_expr]]];
def JOIN($idx; stream; idx_expr): stream | [., $idx[idx_expr]];
def JOIN($idx; stream; idx_expr; join_expr): stream | [., $idx[idx_expr]] | join_expr;

def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;

def _regex(f): if type == "string" then [., null]
  elif type == "array" and length > 1 then [.[0], .[1]]
  elif type == "array" and length > 0 then [.[0], null]
  else error(type + " not a string or array") end;
def match(re; mode): _match_impl(re; mode; false) | .[];
def match($val): ($val | _regex(.)) as [$re, $mode] | match($re; $mode);
def test(re; mode): _match_impl(re; mode; true);
def test($val): ($val | _regex(.)) as [$re, $mode] | test($re; $mode);
def _captured: reduce (.captures[] | select(.name != null)) as $c ({}; . + {($c.name): $c.string});
def capture(re; mods): match(re; mods) | _captured;
def capture($val): ($val | _regex(.)) as [$re, $mode] | capture($re; $mode);
def scan($re; $flags): match($re; "g" + $flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def scan($re): scan($re; null);
def splits($re; $flags): .[foreach (match($re; $flags + "g"), null) as {$offset, $length}
  (null; {start: .next, end: $offset, next: ($offset + $length)})];
def splits($re): splits($re; null);
def split($re; $flags): [splits($re; $flags)];
def sub($re; s; $flags): . as $in
  | (reduce match($re; $flags) as $edit ({result: [], previous: 0};
      $in[.previous:($edit | .offset)] as $gap
      | [$edit | _captured | s] as $inserts
      | reduce range(0; $inserts | length) as $ix (.; .result[$ix] += $gap + $inserts[$ix])
      | .previous = ($edit | .offset + .length))
    | .result[] + $in[.previous:]) // $in;
def sub($re; s): sub($re; s; "");
def gsub($re; s; flags): sub($re; s; flags + "g");
def gsub($re; s): sub($re; s; "g");
