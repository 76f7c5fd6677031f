"""Writes generated.jsonl: random jq programs that end, an input each, and what jq itself makes of them.

    pip install jq==1.13.0 && python3 generate.py > generated.jsonl

The package holds jq 1.8.2. A line is [program, input, the results as an array | "the program failed: ..."].
"""

import json
import os
import random
import signal

import jq

COUNT = 3800
LONGEST = 400
INPUTS = [
    "null", "true", "3", "-1.5", '"abc"', '""', "[]", "{}", "[1,2,3]", "[3,1,2,1]", '["b","a",null]',
    '{"a":1,"b":[2,3]}', '{"a":{"b":{"a":5}},"b":"x"}', '[{"a":1,"b":2},{"a":1},{"b":null}]', "[[1,2],[3],[]]",
    '{"a":[{"b":1},{"b":"y"}],"c":null}', '[0,false,"",[],{}]', '["a-b","c,d","xay"]',
]
NAMES = ["a", "b", "c"]
PLAIN = """length keys add any all sort unique flatten min max type tostring tojson to_entries not first last
ascii_downcase explode transpose tostream paths floor sqrt values nulls numbers strings arrays objects scalars iterables
utf8bytelength keys_unsorted abs toarray trim ltrim infinite|tostring isvalid(.a) tojson|fromjson @text @json @csv @html @base64
from_entries with_entries(.) tonumber combinations leaf_paths env|type halt_error|empty""".split()
PLAIN = [name for name in PLAIN if not name.startswith(("env", "halt", "isvalid", "leaf"))]
PATHS = ["[]", "[0]", '["a"]', '["a","b"]', '["a",0]']
PATTERNS = ['"a"', '"[a-c]+"', '"(?<x>[a-z])-?"', '""', '"-"', '"$"']
REPLACEMENTS = ['"z"', '"<\\(.x)>"', '"1", "2"', '""']
OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = []

    def one(self, *choices):
        return self.random.choice(choices)

    def literal(self):
        return self.one("0", "1", "2", "-1", "1.5", "null", "true", "false", '"a"', '"x-y"', "[]", "{}", "[1,[2]]", '{"a":1}')

    def path(self, depth):
        """What a path leads along."""
        r = self.one
        leaf = lambda: r(".", ".a", ".b", ".c?", ".[0]", ".[1]", ".[-1]", ".[1:]", ".[:2]", ".[]", ".[]?", '.["a"]', "..", ".a.b", ".a[0]")
        if depth <= 0:
            return leaf()
        p, e = (lambda: self.path(depth - 1)), (lambda: self.make(depth - 1))
        return r(
            leaf, leaf, leaf,
            lambda: f"({p()} | {p()})", lambda: f"({p()}, {p()})", lambda: f"({p()} | select({e()}))",
            lambda: f"first({p()})", lambda: f"limit({r('0', '1', '2')}; {p()})", lambda: f"({p()} // {p()})",
            lambda: f"(if {e()} then {p()} else {p()} end)", lambda: f"getpath({r(*PATHS)})",
            lambda: f"({p()})?", lambda: "recurse(.[]?)", lambda: f"({p()})[{e()}]?", lambda: "empty",
        )()

    def bind(self, form, depth):
        name = f"$v{len(self.names)}"
        self.names.append(name)
        body = form(name, self.make(depth))
        self.names.pop()
        return body

    def make(self, depth):
        r = self.one
        if depth <= 0:
            leaf = [lambda: self.path(0), self.literal, lambda: r(*PLAIN), lambda: f"range({r('2', '3', '1;3')})"]
            if self.names:
                leaf += [lambda: r(*self.names)] * 3
            return r(*leaf)()
        e, p = (lambda: self.make(depth - 1)), (lambda: self.path(depth - 1))
        d = depth - 1
        return r(
            lambda: f"({e()} | {e()})", lambda: f"({e()} | {e()})", lambda: f"({e()}, {e()})", lambda: f"[{e()}]",
            lambda: f"[{e()}]", lambda: f"{{a: {e()}}}", lambda: f"{{a: {e()}, b: {e()}}}", lambda: f"{{(\"a\", \"b\"): {e()}}}",
            lambda: f"({e()} {r(*OPERATORS)} {e()})", lambda: f"({e()} {r(*OPERATORS)} {e()})",
            lambda: f"(if {e()} then {e()} elif {e()} then {e()} else {e()} end)", lambda: f"(try {e()} catch {e()})",
            lambda: f"({e()})?", lambda: f"map({e()})", lambda: f"select({e()})", lambda: f"(-{e()})",
            lambda: self.bind(lambda v, body: f"({e()} as {v} | {body})", d),
            lambda: self.bind(lambda v, body: f"({e()} as [{v}] | {body})", d),
            lambda: self.bind(lambda v, body: f"({e()} as {{a: {v}}} | {body})", d),
            lambda: self.bind(lambda v, body: f"reduce {p()} as {v} ({r('0', 'null', '[]', '.')}; {body})", d),
            lambda: self.bind(lambda v, body: f"foreach {p()} as {v} ({r('0', 'null', '[]')}; {body}; [., {v}])", d),
            lambda: f"(label $out | {e()} | ., break $out)", lambda: f"(def f: {e()}; {r('f', '[f]', 'f | f', 'map(f)?')})",
            lambda: f"(def f(g): {e()} | g; f({e()}))", lambda: f"(def f($x): {e()} | [., $x]; f({e()}))",
            lambda: f"\"x\\({e()})y\"", lambda: f"@{r('json', 'csv', 'text', 'html', 'base64', 'sh', 'uri')} \"\\({e()})\"",
            lambda: f"[path({p()})]", lambda: f"({p()} |= {e()})", lambda: f"({p()} = {e()})",
            lambda: f"({p()} {r('+=', '-=', '*=', '//=')} {e()})", lambda: f"del({p()})", lambda: f"pick({r('.a', '.[0]', '.a.b', 'first')})",
            lambda: f"{r('sort_by', 'group_by', 'unique_by', 'min_by', 'max_by')}({e()})", lambda: f"with_entries({e()})",
            lambda: f"walk({e()})", lambda: f"{r('any', 'all')}({e()})", lambda: f"[limit({r('0', '1', '3')}; {e()})]",
            lambda: f"first({e()})", lambda: f"[skip({r('0', '1')}; {e()})]", lambda: f"isempty({e()})", lambda: f"error({e()})",
            lambda: f"(try error({e()}) catch .)", lambda: f"{r('has', 'contains', 'inside', 'index', 'indices', 'startswith', 'ltrimstr', 'join', 'split', 'flatten')}({e()})",
            lambda: f"{r('test', 'splits', 'scan', 'capture')}({r(*PATTERNS)})",
            lambda: f"{r('sub', 'gsub')}({r(*PATTERNS)}; {r(*REPLACEMENTS)})",
            lambda: f"[paths({e()})]", lambda: f"getpath({r(*PATHS)})", lambda: f"to_entries", lambda: f"tojson",
            lambda: f"IN({e()})", lambda: f"[{e()}] | {r('add', 'length', 'sort', 'unique', 'first', 'last', 'min', 'max', 'any', 'all')}",
            lambda: f"until(true; {e()})", lambda: f"[splits({r(*PATTERNS)})]?", lambda: p(),
            lambda: f"[.[]? | {e()}]", lambda: f"[..] | length", lambda: f"({e()} as [$p] ?// $p | [$p])", lambda: f"ltrimstr({self.literal()})",
        )()


def is_text(message):
    """The package says an error that is no string as JSON, without jq's remark that it is none."""
    try:
        json.loads(message)
    except ValueError:
        return True
    return False


def answer(program, text):
    try:
        compiled = jq.compile(program)
    except ValueError:
        return None
    try:
        return json.dumps(compiled.input_text(text).all(), separators=(",", ":"))
    except ValueError as error:
        return f"the program failed: {error}" if is_text(str(error)) else None


def share(first, pipe):
    """Cases from a seed on, a line each; the alarm ends the process in one that takes too long."""
    with os.fdopen(pipe, "w") as out:
        for seed in range(first, first + 500):
            maker = Maker(seed)
            program, text = maker.make(maker.one(2, 2, 3)), maker.one(*INPUTS)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.3)
            result = answer(program, text)
            print(json.dumps([seed, program, text, result]), file=out, flush=True)


def main():
    seed, lines = 0, {}
    while len(lines) < COUNT:
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            share(seed, writer)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as cases:
            for line in cases:
                if not line.endswith("\n"):
                    break
                seed, program, text, result = json.loads(line)
                # Most programs fail; a third of those is enough.
                is_wanted = result is not None and (seed % 3 == 0 or not result.startswith("the program"))
                if is_wanted and len(program) + len(result) <= LONGEST and "nan" not in result.lower():
                    lines[program, text] = result
        os.wait()
        # The next one, or that which took too long.
        seed += 2
    for (program, text), result in sorted(lines.items()):
        print(json.dumps([program, text, result], ensure_ascii=False))


main()
